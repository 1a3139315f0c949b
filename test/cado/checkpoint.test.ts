import t from 'tap'
import { firstCheckpoint, readCheckpoint, writeCheckpoint } from '../../src/cado/checkpoint.ts'
import type { Checkpoint } from '../../src/cado/checkpoint.ts'

t.test('what was written is read', async (t) => {
  const checkpoint: Checkpoint = {
    url: 'https://cado.example.com/api/v3/',
    from: 5,
    evidence: new Map([
      [11, { whole: 101 }],
      [12, { said: 102, fetch: { run: 103, cursor: 'WzFd', events: 20, anew: 1 } }],
      [13, { fetch: { run: 104, events: 0, anew: 0 } }],
    ]),
  }
  t.same(readCheckpoint(writeCheckpoint(checkpoint), 'sources.cado'), checkpoint)
})

t.test('a first one', async (t) => {
  t.match(firstCheckpoint('u', 0, 1000), { from: 0 })
  t.match(firstCheckpoint('u', 400, 1000), { from: 600 })
  t.match(firstCheckpoint('u', 4000, 1000), { from: 0 })
})

t.test('what nobody here has written is refused until somebody does something', async (t) => {
  const good = { version: 1, url: 'u', from: 0, evidence: {} }
  for (const text of [
    '',
    'null',
    '[]',
    JSON.stringify({ ...good, version: 2 }),
    JSON.stringify({ ...good, from: -1 }),
    JSON.stringify({ ...good, url: 1 }),
    JSON.stringify({ ...good, evidence: [] }),
    JSON.stringify({ ...good, evidence: { x: {} } }),
    JSON.stringify({ ...good, evidence: { 1: 1 } }),
    JSON.stringify({ ...good, evidence: { 1: { whole: 'a' } } }),
    JSON.stringify({ ...good, evidence: { 1: { fetch: { run: 1 } } } }),
    JSON.stringify({
      ...good,
      evidence: { 1: { fetch: { run: 1, events: 1, anew: 0, cursor: 1 } } },
    }),
  ]) {
    t.throws(() => readCheckpoint(text, 'sources.cado'), {
      code: 'config',
      retryAfter: Infinity,
      message: /^sources\.cado: the stored place/,
    })
  }
  t.ok(readCheckpoint(JSON.stringify(good), 'x'))
})

import t from 'tap'
import {
  firstCheckpoint,
  forgetGone,
  readCheckpoint,
  writeCheckpoint,
} from '../../src/cado/checkpoint.ts'
import type { Checkpoint } from '../../src/cado/checkpoint.ts'

t.test('what was written is read', async (t) => {
  const checkpoint: Checkpoint = {
    url: 'https://cado.example.com/api/v3/',
    from: 5,
    evidence: new Map([
      [11, { whole: '101-1-2' }],
      [12, { said: '102-1-2', fetch: { run: '103-1-0', cursor: 'WzFd', events: 20, anew: 1 } }],
      [13, { fetch: { run: '104-1-0', events: 0, anew: 0 } }],
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
    JSON.stringify({ ...good, evidence: { 1: { whole: 101 } } }),
    JSON.stringify({ ...good, evidence: { 1: { fetch: { run: '1-1-1' } } } }),
    JSON.stringify({
      ...good,
      evidence: { 1: { fetch: { run: '1-1-1', events: 1, anew: 0, cursor: 1 } } },
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

t.test('what a later version adds is passed over', async (t) => {
  const text = JSON.stringify({
    version: 1,
    url: 'u',
    from: 0,
    later: true,
    evidence: { 1: { whole: '1-1-1', later: [] } },
  })
  t.match(readCheckpoint(text, 'x'), { evidence: new Map([[1, { whole: '1-1-1' }]]) })
})

t.test('what is gone is kept for a while, in bounds', async (t) => {
  const checkpoint = firstCheckpoint('u', 0, 0)
  for (let id = 1; id <= 1500; id += 1) checkpoint.evidence.set(id, { whole: `${id}-1-1` })
  forgetGone(checkpoint, new Set([1, 2, 3]))
  t.equal(checkpoint.evidence.size, 1003)
  t.ok([1, 2, 3, 501, 1500].every((id) => checkpoint.evidence.has(id)))
  t.notOk(checkpoint.evidence.has(500))
})

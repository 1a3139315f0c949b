import t from 'tap'
import { decode } from '../../src/cef/decode.ts'
import type { Batch } from '../../src/core.ts'
import { unpackLines } from '../../src/io/lines.ts'
import { create, ownLine } from '../../src/sources/cefline.ts'
import { OwnEvents } from '../../src/telemetry/own-events.ts'

function sourceOn(own?: OwnEvents) {
  return create({}, { name: 'cefline', remembers: () => false, ...(own && { own }) })
}

const kindsOf = ({ lines }: Batch) =>
  unpackLines(lines.bytes).map(({ cef }) => decode(cef)?.classId)

t.test('a batch of what there is, under its own ids; at the end what is left', async (t) => {
  const own = new OwnEvents()
  const event = own.add('start', { message: 'runs' })
  const source = sourceOn(own)
  const ending = new AbortController()
  const batches: Batch[] = []
  for await (const batch of source.batches(undefined, ending.signal)) {
    batches.push(batch)
    if (batches.length > 1) continue
    own.add('stop', { message: 'ends' })
    ending.abort(new Error('stopping'))
  }
  t.same(batches.map(kindsOf), [['start'], ['stop']])
  const [first] = batches
  t.match(first, { read: 1, rejects: [], ignored: 0 })
  t.equal(first?.checkpoint, undefined)
  t.equal(first?.lines.ids.toString('hex'), event.id)
  const [line] = unpackLines(first?.lines.bytes ?? Buffer.alloc(0))
  t.match(line, { cef: ownLine(event), time: event.at, severity: 3 })
  await source.close()
  await source.close()
})

t.test('what happens while the last ones are written is told as well', async (t) => {
  const own = new OwnEvents()
  const ending = new AbortController()
  const kinds: unknown[] = []
  const waiting = sourceOn(own).batches(undefined, ending.signal)
  own.add('stop', { message: 'ends' })
  ending.abort(new Error('stopping'))
  for await (const batch of waiting) {
    kinds.push(...kindsOf(batch))
    if (kinds.length === 1) own.add('rejects-purged', { message: 'gone' })
  }
  t.same(kinds, ['stop', 'rejects-purged'], 'each once')
  t.same(own.rest(), [], 'and nothing is left')
})

t.test('what a run was given that failed is given again, and then let go', async (t) => {
  const own = new OwnEvents()
  const event = own.add('start', { message: 'runs' })
  const source = sourceOn(own)
  const { signal } = new AbortController()
  for await (const batch of source.batches(undefined, signal)) {
    t.same(kindsOf(batch), ['start'])
    // The spool could not be written to.
    break
  }
  own.add('source-failed', { message: 'x' })
  const again = sourceOn(own).batches(undefined, signal)[Symbol.asyncIterator]()
  const { value } = (await again.next()) as { value: Batch }
  t.same(kindsOf(value), ['start', 'source-failed'])
  t.equal(value.lines.ids.subarray(0, 16).toString('hex'), event.id, 'the same id')
  const next = again.next()
  own.add('source-back', { message: 'y' })
  t.same(kindsOf(((await next) as { value: Batch }).value), ['source-back'])
  await again.return?.()
})

t.test('check, and what it never does', async (t) => {
  const source = sourceOn()
  const { signal } = new AbortController()
  for await (const step of source.check(undefined, signal, true)) t.match(step, { ok: true })
  await t.rejects(source.remap({} as never), { code: 'record' })
  const batches = source.batches(undefined, signal)[Symbol.asyncIterator]()
  await t.rejects(batches.next(), { code: 'internal' })
})

import t from 'tap'
import { list, purge, retry, show } from '../../src/commands/rejects.ts'
import type { Reject } from '../../src/core.ts'
import { batchOf, idOf, rejectOf } from '../spool/helpers.ts'
import { placeFor, printed } from './helpers.ts'

const good = '{"RID":"r","Action":"Added","ObjectType":"user","When":"2026-11-22T00:00:00Z"}'

const reject = (record: string, code: Reject['code'] = 'record'): Reject => ({
  ...rejectOf(record, record),
  code,
  reason: 'it was \u001b[31mwrong',
  origin: '/netwrix/api',
})

const filled = (t: Parameters<typeof placeFor>[0]) =>
  placeFor(t, async (spool) => {
    const rejects = [reject(good), reject('{"RID":"x","When":"never"}', 'date'), reject(good)]
    await spool.append('activity', batchOf([], { rejects: rejects.slice(0, 2) }))
    await spool.append('gone', batchOf([], { rejects: [{ ...reject('r\nec\u001bord'), row: 0 }] }))
  })

for (const runs of [false, true]) {
  t.test(runs ? 'an appliance runs' : 'nobody runs', async (t) => {
    const { config, folder, run } = await filled(t)
    if (runs) await run()
    const where = runs ? { config: undefined, folder } : { config }

    const listed = await printed(t, () => list(where))
    t.equal(listed.code, 0)
    const lines = listed.text.split('\n')
    t.equal(lines.length, 4)
    t.match(lines[0], /^number +when +code +of +origin +reason$/)
    t.match(
      lines[2],
      / 2 +\d{4}-.*Z +date +activity +\/netwrix\/api row 2 +it was \\x1b\[31mwrong$/,
    )
    t.match(lines[3], / gone +\/netwrix\/api +it was/)
    const some = await printed(t, () => list({ ...where, limit: 1, after: 1 }))
    t.match(some.text, /there are more: --after 2/)
    const coded = await printed(t, () => list({ ...where, code: 'date', json: true }))
    t.match(JSON.parse(coded.text), { rejects: [{ number: 2, code: 'date' }], more: false })
    t.equal((await printed(t, () => list({ ...where, source: 'no' }))).text, 'there are none')

    const shown = await printed(t, () => show({ ...where, numbers: [3, 8] }))
    t.equal(shown.code, 1)
    t.match(shown.text, /reject 3 \(record\)/)
    t.match(shown.text, /^ {2}\| r\n {2}\| ec\\x1bord$/m)
    t.match(shown.text, idOf('r\nec\u001bord').toString('hex'))
    t.equal(shown.errors, 'there is no reject 8')

    const retried = await printed(t, () => retry({ ...where, all: true }))
    t.equal(retried.code, 1)
    t.match(retried.text, /✔ 1 back in the queue activity/)
    t.match(retried.text, /✘ 2 still rejected \(date\): .*never/)
    t.match(retried.text, /✘ 3 still rejected \(config\): .*no source "gone"/)
    t.match(retried.text, /^1 back in a queue, 0 given before, 2 still rejected$/m)
    const unknown = await printed(t, () => retry({ ...where, numbers: [1], json: true }))
    t.equal(unknown.code, 1)
    t.strictSame(JSON.parse(unknown.text), { number: 1, result: 'unknown' })

    const purged = await printed(t, () => purge({ ...where, source: 'gone' }))
    t.strictSame(purged, { code: 0, text: '1 reject removed for good', errors: '' })
    const rest = await printed(t, () => purge({ ...where, all: true, json: true }))
    t.strictSame(JSON.parse(rest.text), { purged: 1 })
  })
}

t.test('with none to retry there is an object for a reader of JSON', async (t) => {
  const { config } = await placeFor(t)
  const { code, text } = await printed(t, () => retry({ config, all: true, json: true }))
  t.equal(code, 0)
  t.strictSame(JSON.parse(text), { back: 0, given: 0, rejected: 0, unknown: 0 })
})

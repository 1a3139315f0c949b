import t from 'tap'
import { status } from '../../src/commands/status.ts'
import { batchOf, reached, rejectOf } from '../spool/helpers.ts'
import { placeFor, printed } from './helpers.ts'

const filled = (t: Parameters<typeof placeFor>[0]) =>
  placeFor(t, async (spool) => {
    const more = { rejects: [rejectOf('bad')], ignored: 2 }
    await spool.append('alerts', batchOf(['one', 'two'], more))
    await spool.append('alerts', batchOf(['two', 'three']))
    await spool.receipts('siem', new Map([['alerts', reached(1, 2)]]), [])
  })

t.test('the books of a spool on which nobody runs', async (t) => {
  const { config, folder } = await filled(t)
  const { code, text } = await printed(t, () => status({ config }))
  t.equal(code, 0, text)
  t.match(text, /^Cefline is not running here; configuration: .*cefline\.json$/m)
  t.match(text, /^1 reject kept, 0 damaged blocks set aside$/m)
  t.match(text, / source +read += spooled +\+ given before +\+ left out +\+ rejected/)
  t.match(text, /✔ +alerts +7 +3 +1 +2 +1$/m)
  t.match(text, /✔ +activity +0 +0 +0 +0 +0$/m)
  t.match(text, / destination +queue +spooled += received +\+ waiting +\+ refused +\+ damaged/)
  t.match(text, /✔ +siem +alerts +3 +2 +1 +0 +0$/m)
  t.match(text, /^siem \(.*out\.cef\): 1 line waiting, the oldest for \d+/m)
  const json = await printed(t, () => status({ config, json: true }))
  t.match(JSON.parse(json.text), {
    running: null,
    addsUp: true,
    spool: { folder, rejects: 1 },
    destinations: [{ name: 'siem', ledger: Array }],
  })
})

t.test('of an appliance that runs, also without its configuration', async (t) => {
  const { folder, run } = await filled(t)
  await run()
  const { code, text } = await printed(t, () => status({ config: undefined, folder }))
  t.equal(code, 0, text)
  t.match(text, new RegExp(`^Cefline .* runs as process ${process.pid} since `, 'm'))
  t.match(text, /✔ +alerts +7 +3 +1 +2 +1 +starting$/m)
  t.match(text, /^siem .*; receipts by \(none yet\); starting$/m)
  t.notMatch(text, /hunter2/)
})

t.test('what is missing is said, and is an exit code', async (t) => {
  const { config } = await placeFor(t, async (spool) => {
    await spool.append('alerts', { ...batchOf(['one']), read: 3 })
    await spool.append('activity', { ...batchOf(['two']), read: 0 })
  })
  const { code, text } = await printed(t, () => status({ config }))
  t.equal(code, 1)
  t.match(text, /✘ +alerts +3 +1/)
  t.match(text, /does not add up: 2 records read from alerts: nowhere to be found/)
  t.match(text, /does not add up: 1 record more than read from activity/)
})

t.test('what no destination reads any more is shown, with what to do', async (t) => {
  const { config } = await placeFor(t, async (spool) => {
    await spool.append('old', batchOf(['one', 'two']))
    await spool.append('retry:gone', batchOf(['three']))
  })
  const { code, text } = await printed(t, () => status({ config }))
  t.equal(code, 0, text)
  t.match(text, /✔ +old +2 +2/)
  t.match(text, /holds 2 lines of a source "old" that .* does not have.*"cefline spool export old"/)
  t.match(text, /holds 1 lines? to be sent once more to a destination "gone"/)
  const json = await printed(t, () => status({ config, json: true }))
  const { others } = JSON.parse(json.text) as { others: { name: string; lines: number }[] }
  t.same(
    others.map(({ name, lines }) => [name, lines]),
    [
      ['retry:siem', 0],
      ['old', 2],
      ['retry:gone', 1],
    ],
  )
})

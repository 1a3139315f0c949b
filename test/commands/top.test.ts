import t from 'tap'
import { fittedTable } from '../../src/commands/fitted-table.ts'
import { destinationRows, rateText, sorted, sourceRows } from '../../src/commands/top-rows.ts'
import { footLine, topLines, withinHeight } from '../../src/commands/top-text.ts'
import type { View } from '../../src/commands/top-text.ts'
import { top } from '../../src/commands/top.ts'
import { watchStatus } from '../../src/commands/watch-status.ts'
import type { Look } from '../../src/commands/watch-status.ts'
import { widthOf } from '../../src/io/width.ts'
import { cefline } from '../helpers/cefline.ts'
import { needs } from '../helpers/peers.ts'
import { printed } from './helpers.ts'
import { liveFolder, onTerminal, overviewOf, serveLive } from './live.ts'

const now = Date.UTC(2026, 10, 22, 12, 0, 0)
const look: Look = {
  at: now,
  seen: { running: { version: '9.9.9', pid: 7 }, overview: overviewOf(now) },
}
const view: View = {
  ...{ look, sort: 'name', reversed: false, isPaused: false, interval: 1000, width: Infinity },
}
const textOf = (some: Partial<View>) =>
  topLines({ ...view, ...some })
    .map(({ text }) => text)
    .join('\n')

t.test('the whole table', async (t) => {
  const text = textOf({})
  t.match(text, /^Cefline 9\.9\.9, process 7, up 1m 5s; cefline\.yaml$/m)
  t.match(
    text,
    /^spool \.\/data █{18}░░ 90 % 9\.0 MB of 10\.0 MB; 4 rejects kept, 0 damaged blocks$/m,
  )
  t.match(text, /^source +rate +read +waiting +rejected +last record +state$/m)
  t.match(text, /^activity +0 +0 +4 +failed: https:\/\/a refused the connection$/m)
  t.match(text, /^alerts +120\/s +1,234 +1,100 +4 +3s +reading$/m)
  t.match(text, /^archive +100\/s +1,200 +0 +1s +synced +connected: \/srv\/archive\.cef$/m)
  t.match(text, /^siem +0\.4\/s +100 +1,100 +2m 5s +2m 10s +half-close +lost: tcp:\/\/a refused/m)
  const paints = topLines(view).filter(({ paint }) => paint === 'red')
  t.equal(paints.length, 2, 'what is wrong is red')
})

t.test('a narrow terminal has fewer columns, and no line is wider', async (t) => {
  for (const width of [120, 80, 60, 40, 20, 1]) {
    for (const { text } of topLines({ ...view, width })) {
      t.ok(widthOf(text) <= width, `${width}: ${text}`)
    }
    t.ok(widthOf(footLine({ ...view, width }).text) <= width)
  }
  t.notMatch(textOf({ width: 60 }), /receipts by/)
  t.match(textOf({ width: 60 }), /^destination +rate .*waiting +oldest +state$/m)
})

t.test('wide names keep the columns straight', async (t) => {
  const columns = [{ head: 'name' }, { head: 'n', right: true }, { head: 'state' }]
  const rows = [
    ['日本', '1', 'a'],
    ['ab', '22', 'b'],
    ['\u001b[31m', '3', 'c'],
  ]
  t.strictSame(fittedTable(columns, rows, 80), [
    'name       n  state',
    '日本       1  a',
    'ab        22  b',
    '\\x1b[31m   3  c',
  ])
})

t.test('orders', async (t) => {
  const rows = [...sourceRows(overviewOf(now), now), ...destinationRows(overviewOf(now), now)]
  const names = (...how: [Parameters<typeof sorted>[1], boolean]) =>
    sorted(rows, ...how).map(({ name }) => name)
  t.strictSame(names('name', false), ['activity', 'alerts', 'archive', 'siem'])
  t.strictSame(names('name', true), ['siem', 'archive', 'alerts', 'activity'])
  t.strictSame(names('rate', false), ['alerts', 'archive', 'siem', 'activity'])
  t.strictSame(names('waiting', false), ['alerts', 'siem', 'activity', 'archive'])
  t.strictSame(names('age', false), ['siem', 'alerts', 'activity', 'archive'])
  t.strictSame(names('state', false), ['activity', 'siem', 'alerts', 'archive'])
  t.strictSame([0, 0.44, 9.94, 9.96, 1234.5].map(rateText), [
    '',
    '0.4/s',
    '9.9/s',
    '10/s',
    '1,235/s',
  ])
})

t.test('a low terminal says how much it does not show', async (t) => {
  const lines = topLines(view)
  t.equal(withinHeight(lines, 100, 80).length, lines.length)
  const shown = withinHeight(lines, 5, 80)
  t.equal(shown.length, 5)
  t.equal(shown.at(-1)?.text, `… ${lines.length - 4} lines more`)
  t.strictSame(withinHeight(lines, 0, 80), [])
})

t.test('what has stopped is waited for, with what was seen last', async (t) => {
  const gone = { at: now, problem: 'the appliance on the spool in ./data has stopped' }
  t.match(textOf({ look: gone }), /^the appliance .* has stopped; waits for it$/)
  t.match(textOf({ look: gone, before: look }), /has stopped; waits for it\n[^]*\nalerts +120/)
})

t.test('an appliance that comes, goes and comes again', async (t) => {
  const folder = await liveFolder(t)
  const ending = new AbortController()
  const looks = watchStatus({ folder, interval: 5, signal: ending.signal })
  const until = async (test: (look: Look) => boolean) => {
    for (;;) {
      const { value } = (await looks.next()) as { value: Look }
      if (test(value)) return value
    }
  }
  const isSeen = ({ seen }: Look) => seen !== undefined
  const isGone = ({ problem }: Look) => problem !== undefined
  t.match(await until(isGone), { problem: /nothing runs on the spool/ })
  const status = async () => overviewOf()
  const first = await serveLive(t, folder, { status })
  t.match(await until(isSeen), { seen: { overview: { version: '9.9.9' } } })
  await first.close()
  await until(isGone)
  await serveLive(t, folder, { status })
  await until(isSeen)
  ending.abort()
  t.equal((await looks.next()).done, true)
})

t.test('one that does not answer is said to be such, and holds up no end', async (t) => {
  const folder = await liveFolder(t)
  const ending = new AbortController()
  let answers = false
  const status = () => (answers ? Promise.resolve(overviewOf()) : new Promise<never>(() => {}))
  await serveLive(t, folder, { status })
  const looks = watchStatus({ folder, interval: 5, signal: ending.signal, patience: 100 })
  t.match(await looks.next(), { value: { problem: /does not answer/ } })
  answers = true
  let look: Look | undefined
  while (!look?.seen) look = ((await looks.next()) as { value: Look }).value
  answers = false
  const stuck = watchStatus({ folder, interval: 5, signal: ending.signal }).next()
  ending.abort()
  t.equal((await stuck).done, true)
  t.equal((await looks.next()).done, true)
})

t.test('once, as text and as JSON; of nothing that runs it is an error', async (t) => {
  const folder = await liveFolder(t)
  const where = { config: undefined, folder }
  await t.rejects(top({ ...where, once: true }), { code: 'not-found', message: /cefline run/ })
  await serveLive(t, folder, { status: async () => overviewOf() })
  const text = await printed(t, () => top({ ...where, once: true, sort: 'waiting' }))
  t.equal(text.code, 0)
  t.match(text.text, /^siem .*\narchive /m)
  const json = await printed(t, () => top({ ...where, once: true, json: true }))
  t.match(JSON.parse(json.text), { at: String, running: { pid: process.pid }, sources: Array })
  const piped = await cefline(['top', '--folder', folder], { cwd: folder })
  t.equal(piped.code, 0, piped.stderr)
  t.match(piped.stdout, /^source /m)
  t.notMatch(piped.stdout, /\u001b/, 'no colour and no cursor outside a terminal')
})

t.test(
  'on a terminal it is drawn, takes keys, and gives the screen back',
  needs('script'),
  async (t) => {
    const folder = await liveFolder(t)
    await serveLive(t, folder, { status: async () => overviewOf() })
    const args = ['top', '--folder', folder, '--interval', '100ms']
    const terminal = onTerminal(t, args, { rows: 16, columns: 60 })
    await terminal.said(/\u001b\[\?1049h\u001b\[\?25l/)
    await terminal.said(/by name/)
    terminal.press('s')
    await terminal.said(/by rate/)
    terminal.press('r')
    await terminal.said(/by rate reversed/)
    terminal.press('p')
    await terminal.said(/paused/)
    terminal.press('q')
    t.equal(await terminal.ended, 0)
    t.match(terminal.text(), /\u001b\[\?25h\u001b\[\?1049l$/)
    for (const line of terminal.text().split(/\r+\n|\u001b\[H/)) {
      const shown = line.replaceAll(/\u001b\[[?0-9]*[A-Za-z]/g, '')
      t.ok(widthOf(shown) <= 60, JSON.stringify(shown))
    }
    const interrupted = onTerminal(t, args)
    await interrupted.said(/by name/)
    interrupted.press('\u0003')
    t.equal(await interrupted.ended, 0, 'Ctrl-C is an end as good as q')
    t.match(interrupted.text(), /\u001b\[\?25h\u001b\[\?1049l$/)
  },
)

import t from 'tap'
import { describe, eventLine, frameLine } from '../../src/commands/tap-text.ts'
import type { TapQuery, Tapped } from '../../src/control/verbs.ts'
import { widthOf } from '../../src/io/width.ts'
import { cefline } from '../helpers/cefline.ts'
import { needs } from '../helpers/peers.ts'
import { liveFolder, onTerminal, serveLive, tapped } from './live.ts'

t.test('one line an event, each value once', async (t) => {
  const line =
    '2026-11-22T07:43:45.314Z alerts → siem 7 Added user act=Added suser=Müller shost=dc1 msg=a=b\\x0ac'
  t.equal(eventLine(tapped(1)), line)
  t.equal(eventLine(tapped(1), 60), `${line.slice(0, 59)}…`)
  t.equal(widthOf(eventLine(tapped(1), 10)), 10)
  t.match(eventLine(tapped(1, { cef: 'no CEF' })), / siem 7 no CEF$/)
  t.match(frameLine(tapped(1)), /^siem, \d+ bytes {2}<163>CEF:0\|.*cnt=1\\x0a$/)
  t.match(describe(tapped(1)), {
    header: { format: 'CEF:0', vendor: 'Netwrix', classId: 'Added', severity: '7' },
    fields: [
      ['act', 'Added'],
      ['suser', 'Müller'],
    ],
  })
})

t.test('filters are asked for, the limit ends it, what is skipped is said', async (t) => {
  const folder = await liveFolder(t)
  const asked: TapQuery[] = []
  await serveLive(t, folder, {
    tap: async function* (query): AsyncGenerator<Tapped> {
      asked.push(query)
      yield { events: [tapped(1), tapped(2)], skipped: 0 }
      yield { events: [tapped(3), tapped(4)], skipped: 5 }
      if (query.follow) await new Promise(() => {})
    },
  })
  const run = (...args: string[]) => cefline(['tap', '--folder', folder, ...args], { cwd: folder })
  const filters = ['--source', 'alerts', '--destination', 'siem', '--severity', '7']
  const limited = await run(
    ...filters,
    '--match',
    'müller',
    '--latest',
    '9',
    '--limit',
    '3',
    '--json',
  )
  t.equal(limited.code, 0, limited.stderr)
  const events = limited.stdout.split('\n').filter(Boolean)
  t.strictSame(
    events.map((line) => (JSON.parse(line) as { line: number }).line),
    [1, 2, 3],
  )
  // And not that it waits, as nobody watches.
  t.equal(limited.stderr, '5 events passed too fast to be shown\n')
  const text = 'müller'
  const query = { source: 'alerts', destination: 'siem', severity: 7, text, latest: 9 }
  t.strictSame(asked.pop(), { follow: true, ...query })
  const latest = await run('--no-follow', '--frame')
  t.strictSame(asked.pop(), { follow: false, latest: 100 })
  t.equal(latest.stdout.split('\\x0a\n').length, 5)
  t.equal((await run('--severity', '11')).code, 64)
  t.equal((await run('--limit', '0')).code, 64)
})

t.test('without an appliance it is an error', async (t) => {
  const folder = await liveFolder(t)
  const { code, stderr } = await cefline(['tap', '--folder', folder], { cwd: folder })
  t.equal(code, 1)
  t.match(stderr, /no appliance runs on the spool in .*; start it: cefline run/)
})

t.test('Ctrl-C ends it, and so does a reader that goes', needs('script', 'head'), async (t) => {
  const folder = await liveFolder(t)
  await serveLive(t, folder, {
    tap: async function* (): AsyncGenerator<Tapped> {
      for (let line = 1; ; line += 1) {
        yield { events: [tapped(line)], skipped: 0 }
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
  })
  const terminal = onTerminal(t, ['tap', '--folder', folder], { columns: 50 })
  await terminal.said(/Z alerts → siem 7/)
  await terminal.said(/waiting for events; Ctrl-C ends/)
  terminal.press('\u0003')
  t.equal(await terminal.ended, 0)
  t.notMatch(terminal.text(), /went away/)
  t.equal(terminal.text().split('waiting for').length, 2, 'said once')
  const piped = onTerminal(t, ['tap', '--folder', folder, `' | head -1; echo over'`])
  await piped.said(/over/)
  t.equal(await piped.ended, 0)
})

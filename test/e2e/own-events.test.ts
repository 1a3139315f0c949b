/**
 * Cefline's own events across kill -9, with the appliance as it ships: each is in the spool once, and a
 * start without a stop before it shows the crash. And what a command does while nobody runs is told
 * with the next start.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { decode } from '../../src/cef/decode.ts'
import { cefline, startCefline } from '../helpers/cefline.ts'
import { eventually } from '../helpers/daemon.ts'
import { linesOf } from '../helpers/appliance.ts'

const env = { OWN_EVENTS: 'true' }

function eventsIn(file: string) {
  return (existsSync(file) ? linesOf(file) : []).flatMap((line) => {
    const read = decode(line.slice(line.indexOf('CEF:')))
    return read ? [{ kind: read.classId, fields: Object.fromEntries(read.extension) }] : []
  })
}

t.test('killed, the starts are there once each; stopped, the stop as well', async (t) => {
  const folder = t.testdir({ drop: {} })
  const file = join(folder, 'out.log')
  const configuration = {
    status: { listen: '127.0.0.1:0' },
    own: { heartbeat: 0 },
    sources: {
      alerts: { type: 'netwrix-alerts', folder: './drop' },
      activity: { type: 'netwrix-api', url: 'https://127.0.0.1:1', username: 'u', password: 'p' },
    },
    destinations: { file: { type: 'file', path: file } },
  }
  writeFileSync(join(folder, 'cefline.yaml'), JSON.stringify(configuration))
  const kinds = () => eventsIn(file).map(({ kind }) => kind)
  const started = (times: number) =>
    eventually(async () => {
      // One that a kill left without a receipt is there twice.
      const starts = eventsIn(file).filter(({ kind }) => kind === 'start')
      return new Set(starts.map(({ fields }) => fields['externalId'])).size === times || undefined
    }, `no start ${times}`)
  for (const times of [1, 2]) {
    const running = startCefline(t, { cwd: folder, env })
    await started(times)
    await eventually(async () => kinds().at(-1) === 'source-failed' || undefined, 'no failure')
    await running.stop('SIGKILL')
  }
  const set = await cefline(['mark', 'set', 'activity', '--since', '0'], { cwd: folder, env })
  t.equal(set.code, 0, set.stderr)
  const last = startCefline(t, { cwd: folder, env })
  await started(3)
  t.equal(await last.stop(), 0)
  const found = eventsIn(file)
  const once = [...new Map(found.map((event) => [event.fields['externalId'], event])).values()]
  const main = once.filter(({ kind }) => !kind.startsWith('source-'))
  t.same(
    main.map(({ kind }) => kind),
    ['start', 'start', 'mark-set', 'start', 'stop'],
  )
  t.match(main[2]?.fields['suser'], process.env['SUDO_USER'] ?? userInfo().username)
  const listed = await cefline(['status', '--json'], { cwd: folder, env })
  const { sources } = JSON.parse(listed.stdout) as {
    sources: { name: string; ledger: Record<string, number> }[]
  }
  const ledger = sources.find(({ name }) => name === 'cefline')?.ledger
  t.equal(ledger?.['spooled'], once.length, 'each in the spool once')
})

/**
 * Messages of every code of `src/error.ts`, provoked: each is what the code said just now, with the
 * test's folder as `/srv/cefline`. `docs/errors.md` is made of them, by `npm run docs`.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NewFile } from '../../src/commands/new-file.ts'
import { testSteps } from '../../src/commands/mapping-tests.ts'
import { tables } from '../../src/components.ts'
import { loadConfiguration } from '../../src/config/load.ts'
import type { Configuration } from '../../src/config/load.ts'
import type { Batch } from '../../src/core.ts'
import { FileBytes } from '../../src/io/file-bytes.ts'
import { activityBatch } from '../../src/netwrix/activity-batch.ts'
import { readFileOnce } from '../../src/netwrix/alert-reader.ts'
import { markStuck } from '../../src/netwrix/api-notices.ts'
import { readMarkFile } from '../../src/netwrix/mark-file.ts'
import { readPage } from '../../src/netwrix/page.ts'
import { makeRoom } from '../../src/pipeline/make-room.ts'
import type { Events } from '../../src/telemetry/events.ts'
import { failed, inUse } from '../../src/spool/failure.ts'
import { Headers } from '../../src/syslog/message.ts'
import { wireFor } from '../../src/syslog/receivers.ts'
import { Messages } from '../../src/syslog/wire.ts'
import { rowLimit } from '../../src/timeline/decoder.ts'
import { tooLarge } from '../../src/timeline/row-items.ts'
import { batchOf, openAt } from '../spool/helpers.ts'
import { api, exampleOf, ofBuckets, ofHttp, ofReceivers } from './error-examples-network.ts'
import type { Example } from './error-examples-network.ts'

/** What the folder is called in messages. */
const shownFolder = '/srv/cefline'
const alertHeader = 'Action\tObjectType\tWho\tWhat\tWhen\tWhere'

/** All of them, each once, in the order in which they are provoked. */
export async function errorExamples(): Promise<Example[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cefline-errors-'))
  try {
    const all = [
      ...ofConfigurations(folder),
      ...ofTests(folder),
      ...(await ofSpool(folder)),
      ...ofFiles(folder),
      ...ofRecords(),
      ...ofHttp(),
      ...ofBuckets(),
      ...ofReceivers(),
      ...ofLines(),
      ...(await ofWriting(folder)),
      exampleOf(new Error('cannot read properties of undefined')),
    ]
    const shown = all.map(({ code, message }) => ({
      code,
      message: message.replaceAll(folder, shownFolder),
    }))
    return [...new Map(shown.map((one) => [`${one.code} ${one.message}`, one])).values()]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function thrownBy(work: () => unknown): Example {
  try {
    work()
  } catch (thrown) {
    return exampleOf(thrown)
  }
  throw new Error('nothing was thrown')
}

async function rejectedBy(work: () => Promise<unknown>): Promise<Example> {
  try {
    await work()
  } catch (thrown) {
    return exampleOf(thrown)
  }
  throw new Error('nothing was thrown')
}

const source = `
  alerts: { type: netwrix-alerts, folder: ./drop }`
const destination = `
  siem: { type: syslog, url: "tls://sensor.example.com:6514" }`

/** The text of a `cefline.yaml`. */
function configured(folder: string, text: string): Configuration {
  writeFileSync(join(folder, 'cefline.yaml'), text)
  return loadConfiguration({ env: {}, cwd: folder, tables, system: join(folder, 'none') })
}

function ofConfigurations(folder: string): Example[] {
  const polled = 'type: netwrix-api, url: "https://auditor.example.com:9699", username: siem'
  const texts = [
    `sources:\n  alerts: { type: netwrix-alert, folder: ./drop }\ndestinations:${destination}\n`,
    `sources:\n  alerts: { type: netwrix-alerts, foler: ./drop }\ndestinations:${destination}\n`,
    `sources:\n  activity: { ${polled}, password: p, interval: 10 parsecs }\ndestinations:${destination}\n`,
    `sources:\n  activity: { ${polled}, password: "\${file:/run/secrets/netwrix}" }\ndestinations:${destination}\n`,
    `sources:\n  activity: { ${polled}, password: "\${env:NETWRIX_SECRET}" }\ndestinations:${destination}\n`,
    `spool: { maxBytes: ten }\nsources:${source}\ndestinations:${destination}\n`,
    `spol: {}\nsources:${source}\ndestinations:${destination}\n`,
    `sources:${source}\ndestinations:\n  siem: { type: syslog, url: "tcp://h", from: [alert] }\n`,
    `sources:${source}\ndestinations:\n  siem: { type: syslog }\n`,
  ]
  const missing = () =>
    loadConfiguration({ path: 'cefline.yml', env: {}, cwd: folder, tables, system: 'none' })
  const variable = () =>
    loadConfiguration({ env: { SYSLOG_URI: 'x' }, cwd: '/', tables, system: '/none' })
  return [
    ...texts.map((text) => thrownBy(() => configured(folder, text))),
    thrownBy(missing),
    thrownBy(variable),
  ]
}

function ofTests(folder: string): Example[] {
  const tests = `tests:
  - name: who
    source: alerts
    row: { Action: Added, ObjectType: user, Who: jane, What: x, When: "2026-11-22T00:00:00Z" }
    expect: { suser: joan }
`
  try {
    const found = configured(folder, `sources:${source}\ndestinations:${destination}\n${tests}`)
    return [...testSteps(found)].map(({ detail }) => ({ code: 'check-failed', message: detail }))
  } catch (thrown) {
    return [exampleOf(thrown)]
  }
}

async function ofSpool(folder: string): Promise<Example[]> {
  const place = join(folder, 'data')
  const spool = await openAt(place, { maxBytes: 1000 })
  const lines = Array.from({ length: 100 }, (_, index) => `CEF:0|a|b|1|c|line ${index}|5|`)
  await spool.append('q', batchOf(lines))
  const full = await rejectedBy(() => spool.append('q', batchOf(['CEF:0|a|b|1|c|more|5|'])))
  await spool.close()
  const damaged = join(folder, 'damaged')
  mkdirSync(damaged)
  writeFileSync(join(damaged, 'data.mdb'), Buffer.alloc(8192, 7))
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const systems = ['ENOSPC', 'EROFS', 'EACCES'].map((code) => {
    const cause = Object.assign(new Error(`${code}: the system’s words`), { code })
    return exampleOf(failed(place, 'cannot be written to', cause))
  })
  return [
    full,
    exampleOf(inUse(place, 4711)),
    await rejectedBy(() => openAt(damaged)),
    await rejectedBy(() => openAt(file)),
    ...systems,
    await whenFull(join(folder, 'held')),
  ]
}

/** What a destination with `whenFull: reject` could not take in time. */
async function whenFull(place: string): Promise<Example> {
  const spool = await openAt(place)
  await spool.append('q', batchOf(['CEF:0|a|b|1|c|one|5|']))
  const events = { destinations: new Map() } as unknown as Events
  await makeRoom(spool, new Map([['siem', 'reject']]), events)
  const [reject] = spool.rejects().list(1)
  await spool.close()
  return { code: reject?.code ?? '', message: reject?.reason ?? '' }
}

function ofFiles(folder: string): Example[] {
  const reading = { timezone: 'UTC', dateFormat: 'auto', profile: 'standard' } as const
  const path = (name: string) => join(folder, name)
  const read = (name: string) => [...readFileOnce(path(name), reading)]
  const rows = (name: string, ...rows: string[]) => {
    writeFileSync(path(name), [alertHeader, ...rows, ''].join('\r\n'))
    return examplesIn(read(name))
  }
  const latin = Buffer.from('Added\tuser\tja\xffne\tx\t2026-11-22T00:00:00Z\tdc1\r\n', 'latin1')
  writeFileSync(path('encoded.csv'), Buffer.concat([Buffer.from(`${alertHeader}\r\n`), latin]))
  writeFileSync(path('notes.csv'), 'Name;Phone\r\nJane;1\r\n')
  const changed = () => {
    writeFileSync(path('grows.csv'), 'a')
    const bytes = new FileBytes(Buffer.from(path('grows.csv')), 'grows.csv', {})
    const before = bytes.identity
    bytes.close()
    writeFileSync(path('grows.csv'), 'longer')
    return new FileBytes(Buffer.from(path('grows.csv')), 'grows.csv', {}, before)
  }
  return [
    thrownBy(() => read('gone.csv')),
    thrownBy(() => read('notes.csv')),
    thrownBy(changed),
    ...rows(
      'alerts.csv',
      'Added\tuser\tjane\tx\t03/04/2026 10:00:00\tdc1',
      'Added\tuser\tjane\tx\t13/13/2026\tdc1',
      'Added\tuser\tjane\tx\t\tdc1',
      'Added\tuser\tjane\tx\t2026-11-22T00:00:00Z\tdc1\tone\ttoo many',
      'Added\tuser',
    ),
    ...examplesIn(read('encoded.csv')),
    exampleOfRow(tooLarge(7, '', rowLimit)),
  ]
}

function exampleOfRow({ code, reason }: ReturnType<typeof tooLarge>): Example {
  return { code, message: `disk.jsonl.gz row 7 ${reason}` }
}

function examplesIn(batches: readonly Batch[]): Example[] {
  return batches.flatMap(({ rejects, notices = [] }) => [
    ...rejects.map(({ code, reason }) => ({ code, message: reason })),
    ...notices.map(({ code, message }) => ({ code, message })),
  ])
}

function ofRecords(): Example[] {
  const page = (records: unknown[]) =>
    activityBatch(records, {
      profile: 'standard',
      receivedAt: 0,
      origin: '/netwrix/api/v1/activity_records/enum',
    })
  const record = { RID: '1', Action: 'Added', ObjectType: 'user', Who: 'jane', What: 'x' }
  const values = ['no record', { ...record, When: 'yesterday' }, { ...record, When: 5, Who: {} }]
  return [
    ...examplesIn([page(values)]),
    thrownBy(() => readPage(Buffer.from('<html>Sign in</html>'), 'text/html', api.href, (a) => a)),
    thrownBy(() => readMarkFile(Buffer.from('a letter'), 'Cookie.bin')),
    { code: 'mark-stuck', message: markStuck(api, 1000, undefined).message },
  ]
}

/** Lines that a destination cannot send as they are. */
function ofLines(): Example[] {
  const options = { facility: 20, hostname: 'cefline', appName: 'Cefline', timezone: 'UTC' }
  const wire = wireFor(null, 'tcp', 514, { maxBytes: 480 })
  const headers = new Headers({ ...options, format: wire.format }, 'destinations.siem')
  const messages = new Messages({ headers, wire, time: 'event', place: 'destinations.siem' })
  const found: Example[] = []
  const long = `CEF:0|Example|Product|1|id|name|5|act=Added msg=${'m'.repeat(2000)}`
  const { count, bytes } = batchOf([long]).lines
  const block = { queue: 'alerts', sequence: 1, count, lines: bytes }
  messages.each(
    block,
    (_block, _line, code, message) => found.push({ code, message }),
    () => {},
  )
  return found
}

async function ofWriting(folder: string): Promise<Example[]> {
  const path = join(folder, 'events.cef')
  writeFileSync(path, createHash('sha256').update('mine').digest())
  return [
    await rejectedBy(() => NewFile.open(path, false, undefined)),
    await rejectedBy(() => NewFile.open(join(folder, 'no', 'events.cef'), false, undefined)),
  ]
}

/**
 * A control socket of an appliance of which only those verbs are there that a test gives, and a
 * program on a terminal of its own.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { startControl } from '../../src/control/server.ts'
import type { ControlServer } from '../../src/control/server.ts'
import type { Overview, TappedEvent } from '../../src/control/verbs.ts'
import { cli } from '../helpers/cefline.ts'
import { verbsOf } from '../helpers/verbs.ts'
import type { Verbs } from '../helpers/verbs.ts'

export async function liveFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cefline-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  // A spool's folder is never empty.
  await writeFile(join(folder, 'data.mdb'), '')
  return folder
}

export async function serveLive(
  t: Test,
  folder: string,
  verbs: Partial<Verbs>,
): Promise<ControlServer> {
  const operations = verbsOf(verbs)
  const notice = (message: string) => t.fail(message)
  const server = await startControl({ folder, operations, notice })
  t.teardown(() => server.close())
  return server
}

/** Alerts are read and have failed, `siem` has lines that wait, `archive` has none. */
export function overviewOf(now = Date.now()): Overview {
  const ledger = { read: 1234, spooled: 1200, alreadyGiven: 30, rejected: 4, ignored: 0 }
  const books = (received: number, waiting: number) => [
    { queue: 'alerts', spooled: 1200, received, waiting, refused: 0, damaged: 0 },
  ]
  const destination = { type: 'syslog', certificates: [], received: 0 }
  return {
    version: '9.9.9',
    configuration: 'cefline.yaml',
    startedAt: new Date(now - 65_000).toISOString(),
    now,
    writable: false,
    spool: { folder: './data', bytes: 9_000_000, maxBytes: 10_000_000, full: false, rejects: 4 },
    sources: [
      {
        ...{ name: 'alerts', type: 'netwrix-alerts', where: './drop', remembered: 9, rate: 120.4 },
        ...{ ledger, state: 'reading', problem: undefined, lastRecordAt: now - 3000 },
        certificates: [],
      },
      {
        ...{ name: 'activity', type: 'netwrix-api', where: 'https://a', remembered: 0, rate: 0 },
        ...{ ledger: { ...ledger, read: 0 }, state: 'failed', lastRecordAt: undefined },
        problem: 'https://a refused the connection',
        certificates: [],
      },
    ],
    destinations: [
      {
        ...{ ...destination, name: 'siem', where: 'tcp://a', waiting: 1100, rate: 0.44 },
        ...{ oldestWaitingAt: now - 125_000, ledger: books(100, 1100), state: 'lost' },
        ...{ detail: 'tcp://a refused the connection', lastReceiptAt: now - 130_000 },
        proof: 'half-close',
      },
      {
        ...{ ...destination, name: 'archive', where: './a', waiting: 0, rate: 99.96 },
        ...{ oldestWaitingAt: undefined, ledger: books(1200, 0), state: 'connected' },
        ...{ detail: '/srv/archive.cef', lastReceiptAt: now - 1000, proof: 'synced' },
      },
    ],
    others: [],
    damaged: [],
    rejectsByCode: { date: 4 },
  }
}

export function tapped(line: number, more: Partial<TappedEvent> = {}): TappedEvent {
  const cef = `CEF:0|Netwrix|Active Directory|1.0|Added|Added user|7| act=Added suser=M\u00fcller shost=dc1 dhost=dc1 msg=a\\=b\\nc cnt=${line}`
  const frame = Buffer.from(`<163>${cef}\n`).toString('base64')
  const at = Date.UTC(2026, 10, 22, 7, 43, 45, 314)
  const place = { destination: 'siem', queue: 'alerts', sequence: 1, line }
  return { at, ...place, time: at, severity: 7, cef, frame, ...more }
}

export interface Terminal {
  /** Everything that was written. */
  text(): string
  /** Resolves when what was written since the last wait matches. */
  said(pattern: RegExp): Promise<void>
  press(keys: string): void
  /** Exit code. */
  ended: Promise<number | null>
}

/** The built program with a terminal of this size, by util-linux's `script`. */
export function onTerminal(t: Test, args: string[], { rows = 24, columns = 80 } = {}): Terminal {
  const words = [process.execPath, cli, ...args].map((word) => `'${word}'`).join(' ')
  const command = `stty rows ${rows} cols ${columns}; exec ${words}`
  const env = { ...process.env, TERM: 'xterm', NO_COLOR: '1', FORCE_COLOR: undefined }
  const child = spawn('script', ['-qec', command, '/dev/null'], { env })
  const ended = (once(child, 'close') as Promise<[number | null]>).then(([code]) => code)
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
  })
  let text = ''
  let heard = 0
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more))
  const said = async (pattern: RegExp) => {
    for (;;) {
      const found = pattern.exec(text.slice(heard))
      if (found) {
        heard += found.index + found[0].length
        return
      }
      if (child.exitCode !== null) throw new Error(`it ended before ${pattern}:\n${text}`)
      await Promise.race([once(child.stdout, 'data'), ended])
    }
  }
  return { text: () => text, said, press: (keys) => child.stdin.write(keys), ended }
}

/**
 * Packets that are late or never come, in a network namespace of the test's own.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { findProgram, needs } from '../../helpers/peers.ts'
import { program } from '../../helpers/root.ts'

const run = promisify(execFile)
const script = program('destinations/syslog/stream-network')

async function outcome(scenario: string): Promise<unknown> {
  const { stdout } = await run('unshare', [
    ...['--map-root-user', '--net', process.execPath, ...script, scenario],
  ])
  return JSON.parse(stdout)
}

/** Why a network of one's own cannot be had here; undefined: it can. */
async function hindrance(): Promise<string | undefined> {
  const { skip } = needs('unshare', 'ip', 'tc', 'iptables')
  if (skip !== false) return skip
  return outcome('trial').then(
    () => undefined,
    () => 'a network of its own cannot be made here',
  )
}

const noReceipts = Array<RegExp>(6).fill(/^(unlisted|reset|broken|the line came in time)$/)

const skip = (await hindrance()) ?? false

t.test('a black hole is noticed, and the block has no receipt', { skip }, async (t) => {
  const seen = await outcome('black-hole')
  t.match(seen, { message: /acknowledged nothing for 1\.5 s \(destinations\.siem\.timeout\)/ })
  t.match(seen, { receipts: [], lines: 1 })
})

t.test('a black hole while a half-close is awaited', { skip }, async (t) => {
  const seen = await outcome('black-hole-half-close')
  t.match(seen, { message: /acknowledged nothing|did not take everything/ })
  t.match(seen, { receipts: [] })
})

t.test('FINs that cross are no receipt', { skip }, async (t) => {
  const answers = await outcome('crossing')
  t.match(answers, noReceipts)
})

const withoutTls =
  skip !== false ? skip : findProgram('openssl') ? false : 'openssl is not installed'
t.test('nor over TLS', { skip: withoutTls }, async (t) => {
  const answers = await outcome('crossing-tls')
  t.match(answers, noReceipts)
})

/**
 * Ten days of 100,000 records a day by every way at once, without and with `sameAs`, and an alert in
 * the middle of a backfill of a million records:
 *
 *     npm run days -- --days 10 --per-day 100000 --backlog 1000000
 *
 * Exit code 1 when an event is missing, came twice or was never given.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Stoppable } from '../helpers/daemon.ts'
import { needs } from '../helpers/peers.ts'
import { runDays, runUrgent } from './run.ts'

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '10' },
    'per-day': { type: 'string', default: '100000' },
    backlog: { type: 'string', default: '1000000' },
  },
})

const { skip } = needs('syslog-ng', 'openssl')
if (skip !== false) {
  console.error(skip)
  process.exit(1)
}

const given = { days: Number(values.days), perDay: Number(values['per-day']) }
for (const sameAs of [false, true]) {
  await within(async (t, folder) => {
    const outcome = await runDays(t, folder, given, sameAs)
    const { polled, pushed, dropped, both } = outcome.given
    console.log(
      `${sameAs ? 'with' : 'without'} sameAs: ${polled} polled, ${pushed} pushed, ${dropped} dropped ` +
        `(${both} of them polled too); ${outcome.due} events due, ${outcome.arrived} arrived ` +
        `(${outcome.alerts} as alerts), ${outcome.missing} missing, ${outcome.twice} twice, ` +
        `${outcome.strange} never given; ${outcome.seconds.toFixed(1)} s`,
    )
    const { due, arrived, missing, twice, strange } = outcome
    if (arrived !== due || missing + twice + strange !== 0) process.exitCode = 1
  })
}
await within(async (t, folder) => {
  const { milliseconds, before, backlog } = await runUrgent(t, folder, Number(values.backlog))
  console.log(
    `an alert pushed into a backfill of ${backlog} records was at the SIEM after ` +
      `${milliseconds.toFixed(0)} ms, when ${before} of them were`,
  )
})

/** Runs `work` with a folder of its own, and ends all that it started. */
async function within(work: (t: Stoppable, folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cefline-days-'))
  const ends: (() => unknown)[] = []
  try {
    await work({ teardown: (end) => ends.push(end) }, folder)
  } finally {
    for (const end of ends.reverse()) await end()
    rmSync(folder, { recursive: true, force: true })
  }
}

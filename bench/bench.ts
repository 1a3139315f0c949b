/**
 * The jobs that users have, timed beside syslog-ng in one run: alert rows dropped into a folder → CEF
 * → TCP to a counting sink, with a durable spool (syslog-ng: a reliable disk buffer), every event
 * proven to have arrived. Three jobs: one large file; the same rows in 500 files, as Netwrix writes
 * them; 10,000 files of one row, which syslog-ng is not asked to do. Prints rates, processor time and
 * the ratio; ends with 1 when Cefline took more anonymous memory than it may.
 *
 *     npm run bench -- [--rounds 2] [--seed 1] [--without-syslog-ng] [--rows 500000 --files 1]
 */
import { parseArgs } from 'node:util'
import { findProgram } from '../test/helpers/peers.ts'
import { startCefline, startSyslogNg } from './forwarders.ts'
import { measure } from './measure.ts'
import type { Job, Result } from './measure.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '500000' },
    /** This job alone. */
    files: { type: 'string' },
    rounds: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    'without-syslog-ng': { type: 'boolean', default: false },
  },
})
const rows = Number(values.rows)
const seed = Number(values.seed)
const rounds = Number(values.rounds)

/** MB that Cefline may take. */
const mostAnonymous = 150
/** Files with which syslog-ng is still compared. */
const mostCompared = 1_000

const jobs: Job[] =
  values.files === undefined
    ? [
        { rows, files: 1, seed },
        { rows, files: 500, seed },
        { rows: 10_000, files: 10_000, seed },
      ]
    : [{ rows, files: Number(values.files), seed }]

const hasPeer = !values['without-syslog-ng'] && findProgram('syslog-ng') !== undefined
console.log(`node ${process.version}, ${rounds} round(s)`)
for (const job of jobs) await compare(job)

async function compare(job: Job): Promise<void> {
  console.log(`\n${job.rows} rows in ${job.files} file(s)`)
  const ratios: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const ours = await measure(startCefline, job, true)
    show('cefline', ours)
    judge(ours)
    if (!hasPeer || job.files > mostCompared) continue
    const theirs = await measure(startSyslogNg, job, false)
    show('syslog-ng', theirs)
    ratios.push(ours.rate / theirs.rate)
  }
  if (ratios.length > 0) console.log(`cefline / syslog-ng: ${median(ratios).toFixed(2)} (median)`)
  else if (job.files <= mostCompared)
    console.log('syslog-ng is not installed or left out: no ratio')
}

function show(name: string, { rate, anonymous, processor, duplicates }: Result): void {
  const memory = `${Math.round(anonymous / 1024)} MiB anonymous  ${processor.toFixed(1)} µs processor`
  const speed = `${Math.round(rate).toLocaleString('en-US')} events/s`
  console.log(`${name.padEnd(10)} ${speed.padStart(18)}  ${memory}  ${duplicates} duplicates`)
}

function judge({ anonymous }: Result): void {
  if (anonymous * 1024 <= mostAnonymous * 1e6) return
  console.log(`that is more anonymous memory than ${mostAnonymous} MB`)
  process.exitCode = 1
}

function median(list: number[]): number {
  return [...list].sort((a, b) => a - b)[list.length >> 1]!
}

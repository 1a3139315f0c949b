/**
 * The status page: one HTML document without scripts, made anew every few seconds by the browser.
 */
import { destinationDifference, sourceDifference } from '../telemetry/ledger.ts'
import type { Status } from './status.ts'

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.3rem } h2 { font-size: 1.05rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; vertical-align: top }
td.n, th.n { text-align: right } .bad { color: #c33; font-weight: 600 } .good { color: #2a7f3a; font-weight: 600 }
@media (prefers-color-scheme: dark) { .bad { color: #ff8080 } .good { color: #7fd88f } }
`

export function renderPage(status: Status): string {
  const { spool } = status
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="3"><title>Cefline</title><style>${style}</style></head><body>
<h1>Cefline ${text(status.version)}</h1>
<p>Configuration: ${text(status.configuration)}. Running since ${text(status.startedAt)}.</p>
<h2>Sources</h2>
${table(
  [
    'Source',
    'Reads',
    'State',
    '#Read',
    '#Spooled',
    '#Already given',
    '#Rejected',
    '#Ignored',
    'Adds up',
    'Last record',
  ],
  status.sources.map((source) => [
    text(source.name),
    text(`${source.type} ${source.where}`),
    sourceState(source),
    ...[
      source.ledger.read,
      source.ledger.spooled,
      source.ledger.alreadyGiven,
      source.ledger.rejected,
      source.ledger.ignored,
    ].map(number),
    balance(sourceDifference(source.ledger)),
    time(source.lastRecordAt),
  ]),
)}
<h2>Spool</h2>
${table(
  ['Folder', '#Bytes', '#Allowed', 'State', '#Rejects kept'],
  [
    [
      text(spool.folder),
      number(spool.bytes),
      number(spool.maxBytes),
      state(
        spool.problem === undefined ? (spool.full ? 'full' : 'accepts') : 'waits',
        spool.problem,
      ),
      number(spool.rejects),
    ],
  ],
)}
<h2>Destinations</h2>
${table(
  ['Destination', 'Sends to', 'State', 'Receipts by', '#Waiting', 'Oldest waiting', 'Last receipt'],
  status.destinations.map((destination) => [
    text(destination.name),
    text(`${destination.type} ${destination.where}`),
    state(destination.state, destination.detail),
    text(destination.proof ?? 'not known yet'),
    number(destination.waiting),
    time(destination.oldestWaitingAt),
    time(destination.lastReceiptAt),
  ]),
)}
<h2>Books</h2>
${table(
  ['Destination', 'Source', '#Spooled', '#Received', '#Waiting', '#Refused', '#Damaged', 'Adds up'],
  status.destinations.flatMap(({ name, ledger }) =>
    ledger.map((books) => [
      text(name),
      text(books.queue),
      ...[books.spooled, books.received, books.waiting, books.refused, books.damaged].map(number),
      balance(destinationDifference(books)),
    ]),
  ),
)}
</body></html>
`
}

/** A column whose head begins with `#` holds numbers. */
function table(heads: string[], rows: string[][]): string {
  const kind = (index: number) => (heads[index]?.startsWith('#') ? ' class="n"' : '')
  const head = heads.map(
    (name, index) => `<th scope="col"${kind(index)}>${text(name.replace('#', ''))}</th>`,
  )
  const body = rows.map(
    (row) => `<tr>${row.map((cell, index) => `<td${kind(index)}>${cell}</td>`).join('')}</tr>`,
  )
  return `<table><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`
}

function state(name: string, detail: string | undefined): string {
  const good = ['reading', 'connected', 'accepts'].includes(name)
  const kind = name === 'starting' ? '' : ` class="${good ? 'good' : 'bad'}"`
  return `<span${kind}>${text(name)}</span>${detail === undefined ? '' : `<br>${text(detail)}`}`
}

/** A problem is shown before a silence, which it may be the cause of. */
function sourceState({ state: name, problem, silentSince }: Status['sources'][number]): string {
  if (problem !== undefined || silentSince === undefined) return state(name, problem)
  return state('silent', `no record since ${time(silentSince)}, which is longer than usual`)
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}

function balance(difference: number): string {
  if (difference === 0) return '<span class="good">yes</span>'
  return `<span class="bad">no: ${number(difference)} not accounted for</span>`
}

function time(value: number | undefined): string {
  return value === undefined ? 'none' : new Date(value).toISOString()
}

function text(value: string): string {
  const names: Record<string, string> = {
    '&': 'amp',
    '<': 'lt',
    '>': 'gt',
    '"': 'quot',
    "'": '#39',
  }
  return value.replace(/[&<>"']/g, (character) => `&${names[character]};`)
}

/**
 * `docs/errors.md`: of each code what it means, what to do, what Cefline does meanwhile, and messages as
 * they are really printed (`error-examples.ts`). Written by `npm run docs`; `test/docs-errors.test.ts`
 * fails when it is stale.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { codes } from '../../src/error.ts'
import type { Code } from '../../src/error.ts'
import { errorExamples } from './error-examples.ts'
import type { Example } from './error-examples-network.ts'
import { root } from './root.ts'

export const errorsPage = join(root, 'docs', 'errors.md')

interface Meaning {
  means: string
  cure: string
  meanwhile: string
}

const refuses =
  'It does not start; a running one keeps the configuration of before and says so once.'
const sourceTries =
  'The source is tried again, at longer and longer intervals; its place is kept, nothing is skipped.'
const destinationTries =
  'What has no receipt waits in the spool and is sent again; it is tried at longer and longer intervals.'
const rejected =
  'The record is set aside with the reason (`cefline rejects ls`), counted, and the work goes on.'
const spoolWaits = 'The sources wait; nothing is dropped. It is tried again by itself.'

const meanings: Record<Code, Meaning> = {
  config: {
    means:
      'The configuration, or an option of a command, is wrong. All that is wrong is said at once.',
    cure: 'Correct the place that is named; `cefline check` reads it without starting anything.',
    meanwhile: refuses,
  },
  'check-failed': {
    means: 'A test of the configuration (`tests:`) makes another event than it expects.',
    cure: 'Correct the mapping, or the test. `cefline preview` shows what is made.',
    meanwhile: 'Only `cefline check` runs these tests.',
  },
  'spool-full': {
    means: 'The spool holds `spool.maxBytes`, or its volume is nearly full.',
    cure: 'See which destination takes too little (`cefline status`), raise `spool.maxBytes`, or set `whenFull: reject`.',
    meanwhile:
      'The sources wait: files stay in their folder, records at the server. Nothing is dropped.',
  },
  'spool-owner': {
    means: 'Another process has this spool.',
    cure: 'Run one on a folder: stop the other one, or give this one a `spool.folder` of its own.',
    meanwhile: 'It waits until the other one has ended; a command ends with 1.',
  },
  'spool-damaged': {
    means: 'The file of the spool, or a block in it, is not as it was written.',
    cure: 'Run `cefline spool verify`; look for the cause in the disk and the system’s log.',
    meanwhile:
      'A damaged block is set aside as a file, counted, and the rest goes on. A file that cannot be opened waits for you.',
  },
  'spool-failed': {
    means: 'The system does not let the spool be opened, read or written.',
    cure: 'Follow the message: room, permission, disk or limits.',
    meanwhile: spoolWaits,
  },
  'file-unreadable': {
    means: 'A file that was given cannot be read.',
    cure: 'Give this user the file, or see why it went away.',
    meanwhile:
      'It is tried again as long as it is there; one that can never be read goes to `failed`.',
  },
  'file-changed': {
    means: 'A file was written to while it was read.',
    cure: 'Write under a name that ends in `.tmp` and rename it, or raise `settle`.',
    meanwhile: 'It is read again; rows that were given already are left out.',
  },
  header: {
    means: 'The first row of a file names no column that is known, or the format cannot be told.',
    cure: 'See whether the file belongs there; for a timeline set `format`.',
    meanwhile: 'The file goes to `failed` whole, and counts as one reject.',
  },
  row: {
    means: 'A row of a file cannot be read.',
    cure: 'Correct what writes the file; then `cefline rejects retry`.',
    meanwhile: rejected,
  },
  encoding: {
    means: 'Text is in no encoding, or not in the one, that it should be in.',
    cure: 'Write UTF-8, or UTF-16 with its mark.',
    meanwhile: 'It is read as well as can be and said once; what cannot be read is set aside.',
  },
  record: {
    means: 'A record is not what records of its kind are, or cannot be made an event.',
    cure: 'See the record (`cefline rejects show`), correct the mapping, `cefline rejects retry`.',
    meanwhile: rejected,
  },
  date: {
    means: 'A time is none, or could be two. It is never guessed.',
    cure: 'Set `dateFormat` or `timezone` of the source; then `cefline rejects retry`.',
    meanwhile: rejected,
  },
  'too-large': {
    means:
      'A record is larger than can be read, or an event larger than the receiver takes and cannot be cut.',
    cure: 'Raise `maxBytes` as far as the receiver allows, or choose another transport.',
    meanwhile: rejected,
  },
  unauthorized: {
    means: 'A server does not accept who logs in.',
    cure: 'Correct user, password, keys or clock. A changed configuration or secret is tried at once.',
    meanwhile: 'It is tried seldom, so that the account is not locked. The place is kept.',
  },
  forbidden: {
    means: 'The account is known and may not do this.',
    cure: 'Give it the role or permission that the message names.',
    meanwhile: 'It is tried every few minutes. The place is kept.',
  },
  'not-found': {
    means: 'What was asked for is not there: an endpoint, a bucket, a spool, a name.',
    cure: 'Correct the url or the name.',
    meanwhile: 'Of a source or destination: tried again. A command ends with 1.',
  },
  'bad-request': {
    means:
      'A server does not understand what it was asked, or a file given to a command is none of its kind.',
    cure: 'Look at `filter`, at the mark (`cefline mark show`), and at what stands between.',
    meanwhile: 'The source keeps its mark and waits: for a changed configuration, or five minutes.',
  },
  server: {
    means: 'A server has a fault of its own, or is busy.',
    cure: 'Look at that server.',
    meanwhile: sourceTries,
  },
  network: {
    means: 'No connection, or one that broke.',
    cure: 'Check url, route, firewall, and that the other side runs.',
    meanwhile: sourceTries,
  },
  timeout: {
    means: 'The other side did not answer, or took nothing more, in time.',
    cure: 'Look at its load and at the network; raise `timeout` where that is usual there.',
    meanwhile: destinationTries,
  },
  'bad-answer': {
    means:
      'What answered is not what was asked, such as a log-in page or a proxy; or a file is not what it seems.',
    cure: 'Set `url` to the product itself.',
    meanwhile: sourceTries,
  },
  'mark-stuck': {
    means: 'A server gives the same place again and again, so what follows cannot be reached.',
    cure: 'See the health of that server; if it stays, begin anew with `cefline mark set`.',
    meanwhile: 'It is asked again after the interval; what is known is left out.',
  },
  refused: {
    means: 'The receiver refuses the connection, or (RELP) an event; or a command is refused.',
    cure: 'Start the receiver or correct `url`; of an event see its reason in the rejects.',
    meanwhile: destinationTries,
  },
  lost: {
    means: 'A connection broke, or what was sent on it is not proven to have been read.',
    cure: 'None is needed if it stays a single one; else look at the receiver’s log.',
    meanwhile: destinationTries,
  },
  tls: {
    means:
      'No trust: a certificate that is expired, of another name or authority, or no TLS at all.',
    cure: 'Set `tls.ca`, `tls.cert`, `tls.key`, `tls.servername` or the other side’s certificate right.',
    meanwhile: destinationTries,
  },
  dns: {
    means: 'A name has no address.',
    cure: 'Correct the name in `url`, or the name server of this machine.',
    meanwhile: destinationTries,
  },
  cut: {
    means: 'An event was longer than the receiver takes: it was sent shortened.',
    cure: 'Raise `maxBytes` as far as the receiver allows.',
    meanwhile: 'It was sent; the uncut line is kept in the rejects.',
  },
  'when-full': {
    means:
      'A destination with `whenFull: reject` held a full spool, and its oldest events were set aside.',
    cure: 'When it takes events again: `cefline rejects retry --code when-full`.',
    meanwhile: 'The events are kept in the rejects, counted; the other destinations go on.',
  },
  'write-failed': {
    means: 'A file cannot be written.',
    cure: 'Follow the message: permission, room, or a name that is taken.',
    meanwhile: 'A destination tries again; a command ends with 1 and leaves no half of a file.',
  },
  internal: {
    means: 'What should not happen: a fault of Cefline’s own.',
    cure: 'Please report it, with `cefline support-bundle`.',
    meanwhile: 'Of a record: set aside. Of a loop: tried again. Nothing is dropped.',
  },
}

/** The whole page. */
export async function errorsMarkdown(): Promise<string> {
  const examples = await errorExamples()
  const parts = codes.map((code) => section(code, examples))
  return [
    '# Errors',
    '',
    'Every error has a code: in the log, in `cefline status`, as the label `code` of the metrics, in the rejects and in Cefline’s own',
    'events. Its message names the place, the value (secrets as `****`) and the cure. Below are messages as they are printed, made by',
    'the tests from the program itself (`test/docs-errors.test.ts`); names, addresses and numbers are examples.',
    '',
    'Two kinds: a record or line that can never pass as it is is **set aside** with its reason, and the work goes on',
    '(`cefline rejects`); everything else is **tried again** for as long as it takes. Neither loses anything.',
    '',
    '| code | what it means |',
    '|---|---|',
    ...codes.map((code) => `| [\`${code}\`](#${code}) | ${meanings[code].means} |`),
    '',
    ...parts,
  ].join('\n')
}

function section(code: Code, examples: readonly Example[]): string {
  const { means, cure, meanwhile } = meanings[code]
  const own = examples.filter((one) => one.code === code)
  return [
    `## ${code}`,
    '',
    means,
    '',
    `- **What to do:** ${cure}`,
    `- **Meanwhile:** ${meanwhile}`,
    '',
    '```text',
    ...own.map(({ message }) => message),
    '```',
    '',
  ].join('\n')
}

export async function writeErrorsPage(): Promise<void> {
  writeFileSync(errorsPage, await errorsMarkdown())
}

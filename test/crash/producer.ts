/**
 * Gives records and writes down what it gave: alert files renamed into the drop folder, with and
 * without RIDs, and activity records at the stand-in Integration API. Now and then a file is dropped
 * again under another name, which must add nothing, and a file has a row that can never be read,
 * which must be kept among the rejects.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ActivityRecordJson } from '../helpers/activity-records.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'
import type { IntegrationApi } from '../helpers/integration-api.ts'
import type { Book } from './book.ts'
import { ridOf, textOf, whatOf } from './payload.ts'
import type { Kind } from './payload.ts'
import type { Random } from './random.ts'

const header = ['When', 'Who', 'Action', 'Object Type', 'What', 'Where', 'Data source', 'Details']
/** Events given and not yet arrived, above which no more are given. */
const backlog = 4000

export class Producer {
  readonly api: IntegrationApi
  readonly drop: string
  readonly #staging: string
  readonly #book: Book
  readonly #random: Random
  readonly #recent: string[] = []
  #files = 0
  #keys = 0
  #stopped = false
  #giving: Promise<void> | undefined
  /** Events of alerts given, and rows that can never be read. */
  alerts = 0
  rejected = 0

  static async start(folder: string, book: Book, random: Random): Promise<Producer> {
    const api = await startIntegrationApi({
      records: 0,
      firstAt: Date.now() - 86_400_000,
      step: 10,
      change: (record) => activity(record),
    })
    return new Producer(api, folder, book, random)
  }

  private constructor(api: IntegrationApi, folder: string, book: Book, random: Random) {
    this.api = api
    this.drop = join(folder, 'drop')
    this.#staging = join(folder, 'staging')
    this.#book = book
    this.#random = random
    for (const made of [this.drop, this.#staging]) mkdirSync(made, { recursive: true })
  }

  /** Gives at its own pace until it is stopped, so that data is flowing whenever something fails. */
  flow(): void {
    const give = async () => {
      while (!this.#stopped) {
        if (this.#book.given - this.#book.arrived < backlog) this.give()
        await pause(this.#random.between(20, 180))
      }
    }
    this.#giving = give()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#giving
  }

  async close(): Promise<void> {
    await this.stop()
    await this.api.close()
  }

  /** A file or some records. */
  give(): void {
    if (this.#random.chance(0.4)) this.addRecords(this.#random.between(1, 40))
    else if (this.#recent.length > 0 && this.#random.chance(0.05)) {
      this.#put(this.#random.pick(this.#recent))
    } else this.dropFile(this.#random.between(1, 40))
  }

  addRecords(count: number): void {
    const first = this.api.records.length
    for (let index = first; index < first + count; index += 1) this.#book.give(`v${index}`)
    this.api.add(count)
  }

  dropFile(rows: number): void {
    const hasRids = this.#random.chance(0.5)
    const lines: string[][] = [hasRids ? [...header, 'RID'] : header]
    for (let row = 0; row < rows; row += 1) {
      const kind: Kind = hasRids ? 'r' : this.#random.chance(0.1) ? 't' : 'a'
      const key = `${kind}${(this.#keys += 1)}`
      this.#book.give(key)
      const copies = kind === 't' ? 2 : 1
      this.alerts += copies
      for (let copy = 0; copy < copies; copy += 1) {
        lines.push([...alertCells(key), ...(hasRids ? [ridOf(key)] : [])])
      }
    }
    if (this.#random.chance(0.05)) {
      this.rejected += 1
      const cells = alertCells('a0').slice(2)
      lines.push(['13/13/2026', `bad-${this.#files}`, ...cells, ...(hasRids ? [''] : [])])
    }
    const text = lines.map((cells) => cells.map(quoted).join('\t')).join('\r\n')
    this.#recent.push(text)
    if (this.#recent.length > 20) this.#recent.shift()
    this.#put(text)
  }

  /** As the response action of the alert does it: whole at once, by rename. */
  #put(text: string): void {
    const name = `alert-${(this.#files += 1)}.csv`
    const staged = join(this.#staging, name)
    writeFileSync(staged, text)
    renameSync(staged, join(this.drop, name))
  }
}

function alertCells(key: string): string[] {
  const who = `ENTERPRISE\\${key}`
  const [action, type] = ['Modified', 'group']
  const source = 'Active Directory'
  return ['2026-11-01T10:00:00Z', who, action, type, whatOf(key), 'dc1', source, textOf(key)]
}

function quoted(cell: string): string {
  return /[\t\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

/** The stand-in names its records by their index in `What`. */
function activity(record: ActivityRecordJson): ActivityRecordJson {
  const index = /user(\d+)$/.exec(String(record['What']))?.[1] ?? ''
  const key = `v${index}`
  const detail = { PropertyName: 'Description', Before: 'before', After: textOf(key) }
  return { ...record, RID: ridOf(key), What: whatOf(key), DetailList: [detail] }
}

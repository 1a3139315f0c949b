/**
 * What was set aside, with its reason: never a record's content, which `cefline rejects show` has for
 * whoever may see it.
 */
import { readRejects } from './api.ts'
import { byId, element, setText } from './dom.ts'
import { offer } from './event-filter.ts'
import { formatNumber } from './format.ts'
import type { ListedReject, Overview } from './shapes.ts'
import { timeElement } from './time-element.ts'
import { visible, visibleNodes } from './visible.ts'

/** Rejects that are asked for at once, and that are held at most. */
const page = 50
const limit = 1000

export class Rejects {
  readonly #body = byId('reject-rows')
  readonly #codes = byId('reject-codes')
  readonly #note = byId('reject-note')
  readonly #table = byId('reject-table')
  readonly #more = byId<HTMLButtonElement>('reject-more')
  readonly #source = byId<HTMLSelectElement>('reject-source')
  readonly #code = byId<HTMLSelectElement>('reject-code')
  #rejects: ListedReject[] = []
  /** As the status has it. */
  #count = 0
  /** Of each code, as text; empty: what is shown is not what there is, and is asked for again. */
  #known = ''
  #complete = false
  #asked = 0

  constructor() {
    byId('reject-filter').addEventListener('input', () => void this.#load(0))
    this.#more.addEventListener('click', () => {
      void this.#load(this.#rejects.at(-1)?.number ?? 0).then(() => this.#more.focus())
    })
  }

  /** Looks again when there are others, but for more behind a list that was read on by hand. */
  update({ spool, sources, rejectsByCode }: Overview): void {
    offer(
      this.#source,
      sources.map(({ name }) => name),
    )
    const known = JSON.stringify(rejectsByCode)
    if (known === this.#known) return
    const fewer = spool.rejects < this.#count
    this.#known = known
    this.#count = spool.rejects
    this.#showCodes(rejectsByCode)
    if (fewer || this.#rejects.length <= page) void this.#load(0)
    else this.#say()
  }

  async #load(after: number): Promise<void> {
    const asked = (this.#asked += 1)
    const filter = { source: this.#source.value, code: this.#code.value }
    try {
      const rejects = await readRejects(filter, after, page)
      if (asked !== this.#asked) return
      this.#rejects = after === 0 ? rejects : [...this.#rejects, ...rejects]
      this.#complete = rejects.length < page || this.#rejects.length >= limit
      this.#show()
    } catch (thrown) {
      if (asked !== this.#asked) return
      this.#known = ''
      setText(this.#note, `Not loaded: ${(thrown as Error).message}`)
    }
  }

  /** Of all that are kept, the most frequent first. */
  #showCodes(counts: Overview['rejectsByCode']): void {
    const byCount = Object.entries(counts).sort(([, one], [, other]) => other - one)
    offer(
      this.#code,
      byCount.map(([code]) => code),
    )
    this.#codes.replaceChildren(
      ...byCount.map(([code, count]) =>
        element('li', {}, element('code', {}, visible(code)), ` ${formatNumber(count)}`),
      ),
    )
  }

  #show(): void {
    this.#body.replaceChildren(...this.#rejects.map(rowOf))
    this.#say()
  }

  #say(): void {
    const shown = this.#rejects.length
    const filtered = this.#source.value !== '' || this.#code.value !== ''
    const all = formatNumber(this.#count)
    if (this.#count === 0) setText(this.#note, 'Nothing was set aside.')
    else if (shown === 0) setText(this.#note, `None of the ${all} match.`)
    else {
      setText(
        this.#note,
        `${formatNumber(shown)} shown of ${all}${filtered ? ', those that match' : ''}. ` +
          'They are kept until they are retried or purged.',
      )
    }
    this.#table.hidden = shown === 0
    this.#more.hidden = this.#complete
  }
}

/** The roles are said, as a phone lays the cells out as no table. */
function rowOf(reject: ListedReject): HTMLElement {
  const { number, at, source, destination, code, reason, origin, row } = reject
  const place = row > 0 ? `${origin} row ${row}` : origin
  const whose = destination === undefined ? source : `${source} → ${destination}`
  const reasons = [
    element('span', {}, ...visibleNodes(reason)),
    // Most reasons name it themselves.
    reason.includes(place)
      ? undefined
      : element('span', { class: 'quiet' }, ...visibleNodes(place)),
  ]
  return element(
    'tr',
    { role: 'row' },
    element('td', { class: 'number', role: 'cell' }, String(number)),
    element('td', { class: 'time', role: 'cell' }, timeElement(at)),
    element('td', { class: 'whose', role: 'cell' }, visible(whose)),
    element('td', { role: 'cell' }, element('code', {}, visible(code))),
    element('td', { class: 'reason', role: 'cell' }, ...reasons),
    element(
      'td',
      { class: 'command', role: 'cell' },
      element('code', {}, `cefline rejects show ${number}`),
    ),
  )
}

/**
 * What was set aside, with its reason: never a record's content, which `cefline rejects show` has for
 * whoever may see it.
 */
import { readRejects } from './api.ts'
import { byId, element, setText } from './dom.ts'
import { offer } from './event-filter.ts'
import { formatNumber, timeElement } from './format.ts'
import type { ListedReject, Overview } from './shapes.ts'
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
  #count: number | undefined
  #complete = false
  #asked = 0

  constructor() {
    byId('reject-filter').addEventListener('input', () => void this.#load(0))
    this.#more.addEventListener('click', () => {
      void this.#load(this.#rejects.at(-1)?.number ?? 0).then(() => this.#more.focus())
    })
  }

  /** Looks again when their number has changed and the list is not one that was read on by hand. */
  update({ spool, sources }: Overview): void {
    offer(
      this.#source,
      sources.map(({ name }) => name),
    )
    if (spool.rejects === this.#count) return
    this.#count = spool.rejects
    if (this.#rejects.length <= page) void this.#load(0)
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
      if (asked === this.#asked) setText(this.#note, `Not loaded: ${(thrown as Error).message}`)
    }
  }

  #show(): void {
    const counts = new Map<string, number>()
    for (const { code } of this.#rejects) counts.set(code, (counts.get(code) ?? 0) + 1)
    offer(this.#code, [
      ...new Set([...[...this.#code.options].slice(1).map(({ value }) => value), ...counts.keys()]),
    ])
    const byCount = [...counts].sort(([, one], [, other]) => other - one)
    this.#codes.replaceChildren(
      ...byCount.map(([code, count]) =>
        element('li', {}, element('code', {}, visible(code)), ` ${formatNumber(count)}`),
      ),
    )
    this.#body.replaceChildren(...this.#rejects.map(rowOf))
    this.#say()
  }

  #say(): void {
    const shown = this.#rejects.length
    const filtered = this.#source.value !== '' || this.#code.value !== ''
    const all = formatNumber(this.#count ?? 0)
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

function rowOf(reject: ListedReject): HTMLElement {
  const { number, at, source, destination, code, reason, origin, row } = reject
  const place = row > 0 ? `${origin} row ${row}` : origin
  return element(
    'tr',
    {},
    element('td', { class: 'number' }, String(number)),
    element('td', { class: 'time' }, timeElement(at)),
    element('td', {}, visible(destination === undefined ? source : `${source} → ${destination}`)),
    element('td', {}, element('code', {}, visible(code))),
    element(
      'td',
      { class: 'reason' },
      element('span', {}, ...visibleNodes(reason)),
      // Most reasons name it themselves.
      reason.includes(place)
        ? undefined
        : element('span', { class: 'quiet' }, ...visibleNodes(place)),
    ),
    element('td', { class: 'command' }, element('code', {}, `cefline rejects show ${number}`)),
  )
}

/** The picture of the line: sources → spool → destinations. */
import { DestinationCard } from './destination-card.ts'
import { byId, keyed } from './dom.ts'
import type { Overview } from './shapes.ts'
import { SourceCard } from './source-card.ts'
import { SpoolCard } from './spool-card.ts'

export class Line {
  readonly #sources = byId('sources')
  readonly #destinations = byId('destinations')
  readonly #sourceCards = new Map<string, SourceCard>()
  readonly #destinationCards = new Map<string, DestinationCard>()
  readonly #spool = new SpoolCard()

  constructor() {
    byId('spool').replaceChildren(this.#spool.root)
  }

  update(overview: Overview): void {
    keyed(
      this.#sources,
      this.#sourceCards,
      overview.sources,
      ({ name }) => name,
      (source) => new SourceCard(source),
      (card, source) => card.update(source),
    )
    this.#spool.update(overview)
    keyed(
      this.#destinations,
      this.#destinationCards,
      overview.destinations,
      ({ name }) => name,
      (destination) => new DestinationCard(destination),
      (card, destination) => card.update(destination),
    )
  }
}

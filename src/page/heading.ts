/**
 * The top of the page: what this is, how it is, and since when. The state is a live region that
 * changes only with the findings, so a screen reader hears of a loss and of no rate.
 */
import { applianceNow } from './clock.ts'
import { byId, element, setAttribute, setText } from './dom.ts'
import { formatSpan, formatTime } from './format.ts'
import { healthOf } from './health.ts'
import type { Overview } from './shapes.ts'
import { showTime } from './time-element.ts'
import { visible } from './visible.ts'
import { signs } from './words.ts'

/** Findings that are shown at once. */
const shownAtOnce = 12

export class Heading {
  readonly #state = byId('state')
  readonly #word = byId('state-word')
  readonly #reasons = byId('reasons')
  readonly #lost = byId('lost')
  #shown = ''

  update(overview: Overview): void {
    const { version, configuration, startedAt } = overview
    const { level, word, findings } = healthOf(overview, applianceNow())
    setText(byId('version'), visible(version))
    setText(byId('configuration'), visible(configuration))
    const started = Date.parse(startedAt)
    setText(byId('uptime'), formatSpan(applianceNow() - started))
    showTime(byId<HTMLTimeElement>('started'), started, 'unknown')
    setAttribute(this.#state, 'data-level', level)
    setText(this.#word, `${signs[level]} ${word}`)
    document.title = `${level === 'good' ? '' : `${word} · `}Cefline`
    const reasons = findings.slice(0, shownAtOnce).map(({ text }) => text)
    if (findings.length > shownAtOnce) reasons.push(`and ${findings.length - shownAtOnce} more`)
    if (findings.length === 0) reasons.push(sentence(overview))
    const shown = reasons.join('\n')
    if (shown === this.#shown) return
    this.#shown = shown
    this.#reasons.replaceChildren(
      ...reasons.map((text, index) =>
        element('li', { 'data-level': findings[index]?.level }, visible(text)),
      ),
    )
  }

  lost(since: number): void {
    document.body.dataset['lost'] = ''
    setText(
      this.#lost,
      `✕ The connection to the appliance is lost: what is shown is of ${formatTime(since)}. It is tried again until it answers.`,
    )
    document.title = 'No connection · Cefline'
  }

  back(): void {
    delete document.body.dataset['lost']
    setText(this.#lost, '')
  }
}

/** What all well means here. */
function sentence({ sources, destinations }: Overview): string {
  if ([...sources, ...destinations].some(({ state }) => state === 'starting')) {
    return 'The appliance is starting.'
  }
  const read = [
    'There is no source to read',
    'The source is read',
    `All ${sources.length} sources are read`,
  ]
  const sent = [
    'there is no destination to send to',
    'the destination takes what comes',
    `all ${destinations.length} destinations take what comes`,
  ]
  const phrase = (phrases: string[], count: number) => phrases[Math.min(count, 2)] ?? ''
  return `${phrase(read, sources.length)}, ${phrase(sent, destinations.length)}, and the books add up.`
}

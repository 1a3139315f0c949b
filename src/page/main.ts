/** The page put together: the parts, and the stream that feeds them. */
import { setClock } from './clock.ts'
import { Events } from './events.ts'
import { Heading } from './heading.ts'
import { Line } from './line.ts'
import { Plots } from './plots.ts'
import { Rejects } from './rejects.ts'
import type { Overview } from './shapes.ts'
import { Stream } from './stream.ts'
import { TestEvent } from './test-event.ts'
import { startTheme } from './theme.ts'

const heading = new Heading()
const line = new Line()
const plots = new Plots()
const events = new Events()
const rejects = new Rejects()
const test = new TestEvent()
let version: string | undefined

function show(overview: Overview): void {
  // Another version's page may be another page.
  if (version !== undefined && version !== overview.version) return location.reload()
  version = overview.version
  setClock(overview.now)
  delete document.body.dataset['waiting']
  for (const part of [heading, line, events, rejects, test]) part.update(overview)
}

// No form leaves the page.
document.addEventListener('submit', (event) => event.preventDefault())
startTheme(() => plots.draw())
new Stream({
  status: show,
  events: (passed, skipped) => events.add(passed, skipped),
  lost: (since) => heading.lost(since),
  back: () => {
    heading.back()
    void events.catchUp()
    void plots.load()
  },
})
void events.load()
void plots.load()

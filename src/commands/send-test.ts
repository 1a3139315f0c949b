/**
 * `cefline send-test`: a marked test event, by the running appliance on the way that all events go, or
 * where none runs straight to each destination; each step as it happens.
 *
 * Exit code 0 when every receipt came, 1 otherwise.
 */
import colors from 'picocolors'
import { connectControl } from '../control/client.ts'
import type { TestStep } from '../control/verbs.ts'
import { error } from '../error.ts'
import { printable, printableJson } from '../io/printable.ts'
import { readConfiguration } from './configuration.ts'
import { testDirectly } from './direct-test.ts'
import { interruption } from './interruption.ts'
import { folderOf, noteRelease } from './reach.ts'
import type { ReachOptions } from './reach.ts'
import { whoRuns } from './who.ts'

export interface SendTestOptions extends ReachOptions {
  destination?: string
  /** ms */
  timeout?: number
  json?: boolean
}

export async function sendTest(options: SendTestOptions): Promise<number> {
  const { destination, timeout = 60_000, json = false, ...where } = options
  const query = { timeout, who: whoRuns(), ...(destination !== undefined && { destination }) }
  const control = await connectControl(folderOf({ make: true, ...where }))
  const stopping = new AbortController()
  const interrupted = interruption(() => {
    stopping.abort()
    void control?.close()
  })
  let isReceived = false
  try {
    if (control) noteRelease(control.running)
    else note(where, json)
    const steps = control
      ? control.test(query)
      : testDirectly(query, readConfiguration(where.config), stopping.signal)
    for await (const step of steps) {
      if (step.step === 'end') isReceived = step.ok
      console.log(json ? printableJson(step) : lineOf(step))
    }
    if (isReceived && !json) console.log(lookThere)
  } catch (thrown) {
    if (interrupted.code === undefined) throw thrown
  } finally {
    interrupted.end()
    await control?.close()
  }
  return interrupted.code ?? (isReceived ? 0 : 1)
}

/** Without the appliance there is no configuration but the one that is found. */
function note({ folder }: ReachOptions, json: boolean): void {
  if (folder !== undefined) {
    throw error('not-found', `no appliance runs on the spool in ${folder}; start it: cefline run`)
  }
  if (!json)
    console.log('no appliance runs: the event goes straight to each destination, without the spool')
}

/** Framing that is not the receiver's is seen nowhere else: it reads all, and stores it mangled. */
const lookThere =
  'a receipt proves that it was read: look in the SIEM for this externalId, whole and in one event'

const words: Record<TestStep['step'], string> = {
  made: 'made',
  spooled: 'in the spool',
  'handed-out': 'handed out',
  received: 'received',
  end: 'done',
}

function lineOf({ step, destination, ok, detail, milliseconds }: TestStep): string {
  const tick = ok ? colors.green('✔') : colors.red('✘')
  const where = destination === undefined ? '' : `${colors.bold(printable(destination))} `
  return `${tick} ${where}${words[step]}: ${printable(detail)} ${colors.dim(`${milliseconds} ms`)}`
}

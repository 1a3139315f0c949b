/**
 * "Send a test event": a marked event goes the way of every other, and each step is shown as it
 * comes. Only where a token is set; else the dialog says how to allow it.
 */
import { sendTest } from './api.ts'
import { byId, element } from './dom.ts'
import { offer } from './event-filter.ts'
import { formatSpan } from './format.ts'
import type { Overview, TestStep } from './shapes.ts'
import { visible } from './visible.ts'

const stepNames: Record<TestStep['step'], string> = {
  made: 'Made',
  spooled: 'In the spool',
  'handed-out': 'Handed out',
  received: 'Received',
  end: 'End',
}

export class TestEvent {
  readonly #dialog = byId<HTMLDialogElement>('test')
  readonly #choice = byId<HTMLSelectElement>('test-destination')
  readonly #send = byId<HTMLButtonElement>('test-send')
  readonly #steps = byId('test-steps')
  #sending: AbortController | undefined

  constructor() {
    byId('test-open').addEventListener('click', () => this.#dialog.showModal())
    byId('test-close').addEventListener('click', () => this.#dialog.close())
    this.#dialog.addEventListener('close', () => this.#sending?.abort())
    byId('test-form').addEventListener('submit', () => {
      if (!this.#sending) void this.#run()
    })
  }

  update({ writable, destinations }: Overview): void {
    byId('test-form').hidden = !writable
    byId('test-forbidden').hidden = writable
    offer(
      this.#choice,
      destinations.map(({ name }) => name),
    )
  }

  async #run(): Promise<void> {
    const sending = new AbortController()
    this.#sending = sending
    // Not `disabled`, which would lose the focus.
    this.#send.setAttribute('aria-disabled', 'true')
    this.#steps.replaceChildren()
    try {
      const destination = this.#choice.value === '' ? undefined : this.#choice.value
      for await (const step of sendTest(destination, sending.signal)) this.#show(step)
    } catch (thrown) {
      if (!sending.signal.aborted) {
        const detail = `Not sent: ${(thrown as Error).message}`
        this.#show({ step: 'end', ok: false, detail, milliseconds: 0 })
      }
    } finally {
      this.#sending = undefined
      this.#send.removeAttribute('aria-disabled')
    }
  }

  #show({ step, destination, ok, detail, milliseconds }: TestStep): void {
    const name = destination === undefined ? stepNames[step] : `${stepNames[step]}: ${destination}`
    this.#steps.append(
      element(
        'li',
        { 'data-level': ok ? 'good' : 'bad' },
        element('span', { class: 'sign' }, ok ? '✓' : '✕'),
        element('strong', {}, visible(name)),
        element('span', { class: 'step-detail' }, visible(detail)),
        element('span', { class: 'number' }, formatSpan(milliseconds)),
      ),
    )
  }
}

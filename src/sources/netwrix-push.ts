/**
 * Netwrix Auditor's alerts, sent to Cefline by HTTP: the response action's program on the Auditor
 * Server PUTs the "CSV" that Netwrix made for it (`integrations/netwrix`).
 *
 * The sender is answered 200 only when every row of the file is durable, so that Netwrix, which tries
 * again up to 200 times for as long as the program fails, makes the chain safe from the alert to the
 * SIEM. Whatever else it is answered, nothing is lost by sending the file again and nothing is added
 * twice: a row's id is its RID, or the digest of the whole file with the row's number, as in the drop
 * folder. A row that cannot be read is set aside and its file goes on, as there.
 *
 * A body is written to a file and read by the same worker thread; files are read one after the other,
 * each client's in turn. A full spool holds them: their senders are told 503 when `timeout` is over.
 */
import type { Batch, CheckStep, Notice, Source, SourceContext, StoredReject } from '../core.ts'
import type { FileFailure } from '../drop/portion.ts'
import type { ReadingThread } from '../drop/thread.ts'
import { error } from '../error.ts'
import { noLines } from '../io/lines.ts'
import type { Lines } from '../io/lines.ts'
import { errnoOf } from '../io/regular-file.ts'
import { compileMapping } from '../mappings/compile.ts'
import { remapAlert } from '../netwrix/alert-remap.ts'
import { alertThread } from '../netwrix/alert-thread.ts'
import { later, refusal } from '../netwrix/push-answer.ts'
import type { Answer } from '../netwrix/push-answer.ts'
import { checkPush } from '../netwrix/push-check.ts'
import type { PushFile } from '../netwrix/push-file.ts'
import { PushInbox } from '../netwrix/push-inbox.ts'
import { certificateOf, incomingOf, openFolder } from '../netwrix/push-listener.ts'
import { PushNotices } from '../netwrix/push-notices.ts'
import { pushAddress, refuseUnusable } from '../netwrix/push-options.ts'
import type { Options } from '../netwrix/push-options.ts'
import { PushServer } from '../netwrix/push-server.ts'
import { fromZone } from '../io/local-time.ts'
import { ownCertificates } from '../io/tls-certificates.ts'

export { schema } from '../netwrix/push-options.ts'
export type { Options }

/** ms: how often a source without new files says that it listens. */
const signOfLife = 30_000

/** Throws `config` for options that are each well formed and cannot be used. */
export function create(options: Options, context: SourceContext): Source {
  return new NetwrixPush(options, context)
}

class NetwrixPush implements Source {
  readonly #options: Options
  readonly #place: string
  readonly #remembers: SourceContext['remembers']
  readonly #connected: SourceContext['connected']
  readonly #thread: ReadingThread
  readonly #inbox: PushInbox
  readonly #notices = new PushNotices()
  #server: PushServer | undefined

  constructor(options: Options, context: SourceContext) {
    const { timezone, mapping, timeout } = options
    this.#place = `sources.${context.name}`
    refuseUnusable(options, this.#place)
    fromZone(timezone)
    compileMapping(mapping, `${this.#place}.mapping`)
    this.#options = options
    this.#remembers = (id) => context.remembers(id)
    this.#connected = context.connected
    this.#thread = alertThread(options)
    this.#inbox = new PushInbox(timeout)
  }

  check(
    _checkpoint: string | undefined,
    _signal: AbortSignal,
    connect: boolean,
  ): AsyncIterable<CheckStep> {
    return checkPush(this.#options, this.#place, connect)
  }

  async *batches(_checkpoint: string | undefined, signal: AbortSignal): AsyncGenerator<Batch> {
    const stop = () => {
      this.#inbox.ring()
      // The worker may be in the middle of a large file.
      void this.#thread.stop()
    }
    signal.addEventListener('abort', stop, { once: true })
    try {
      await this.#listen()
      this.#inbox.open()
      yield told(this.#notices.take())
      while (!signal.aborted) {
        const file = await this.#inbox.next(signOfLife)
        if (file && !signal.aborted) yield* this.#take(file, signal)
        const notices = this.#notices.take()
        if (!file || notices.length > 0) yield told(notices)
      }
    } finally {
      signal.removeEventListener('abort', stop)
      await this.#inbox.pause(whyEnded(signal))
      await this.#thread.abandon()
      if (signal.aborted) await this.#unlisten()
    }
  }

  async remap(reject: StoredReject): Promise<Lines> {
    return new Promise((resolve) => resolve(remapAlert(reject, this.#options)))
  }

  async close(): Promise<void> {
    await this.#inbox.pause(later('stopping', 'Cefline is being stopped'))
    await this.#thread.stop()
    await this.#unlisten()
  }

  /** It listens on while `collect` waits after a failure, and answers that it takes nothing. */
  async #listen(): Promise<void> {
    if (this.#server) return
    const { listen } = this.#options
    const { host, port } = pushAddress(listen)
    const incoming = incomingOf(this.#options.folder)
    const { tls, text, warning } = await certificateOf(this.#options, this.#place)
    const { token, maxBody, rate, timeout } = this.#options
    const server = new PushServer({
      ...{ token, maxBody, rate, timeout, incoming },
      ...{ inbox: this.#inbox, notices: this.#notices },
      ...(tls && { tls }),
    })
    try {
      await server.listen(host, port).catch((cause: unknown) => {
        throw this.#notHeard(cause)
      })
      // Only who has the address: files of another Cefline in this folder are being read by it.
      await openFolder(incoming)
    } catch (thrown) {
      await server.close()
      throw thrown
    }
    this.#server = server
    this.#connected?.(ownCertificates(tls ?? {}))
    const message = `alerts are taken at ${tls ? 'https' : 'http'}://${listen}/v1/alerts, ${text}`
    this.#notices.tell({ level: 'info', code: 'listening', message })
    if (warning) this.#notices.tell({ level: 'warn', code: 'certificate', message: warning })
  }

  #notHeard(cause: unknown): Error {
    const errno = errnoOf(cause)
    const why =
      errno === 'EADDRINUSE' ? 'is in use by another process or source' : `cannot be had (${errno})`
    const message = `${this.#place}.listen: "${this.#options.listen}" ${why}; set another address`
    return error('network', message, { cause })
  }

  async #unlisten(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    await server?.close()
  }

  /** Gives the file's batches; when the last of them is durable its sender hears of it. */
  async *#take(file: PushFile, signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
    let answer: Answer | undefined
    try {
      if (file.isKeyReused(this.#remembers)) {
        answer = refusal(422, 'key-reused', 'this Idempotency-Key was sent with another content')
        return
      }
      const { path, identity: digest } = file
      const reading = this.#thread.read([{ path: Buffer.from(path), digest }])
      for await (const { batch, ended } of reading) {
        const [end] = ended
        const isRead = end !== undefined && !end.failure
        file.count(batch, this.#remembers)
        const { remember } = file
        this.#inbox.handOver()
        yield isRead && remember ? { ...batch, remember } : batch
        this.#inbox.durable()
        file.durable(this.#remembers)
        if (end?.failure) answer = this.#whyRefused(end.failure)
        else if (end) answer = file.result()
        if (signal.aborted) return
      }
    } catch (thrown) {
      if (signal.aborted) return
      answer = this.#unreadable('internal', (thrown as Error).message)
    } finally {
      this.#inbox.durable()
      await file.end(answer ?? whyEnded(signal))
    }
  }

  /** What its sender did not write is no fault of its content: it may pass when it is sent again. */
  #whyRefused({ code, message }: FileFailure): Answer {
    return code === 'header' ? refusal(422, code, noHeader) : this.#unreadable(code, message)
  }

  #unreadable(code: string, why: string): Answer {
    const message = `a file that was sent cannot be read: ${why}`
    this.#notices.tell({ level: 'error', code, message })
    return later('failed', 'the file could not be read')
  }
}

const noHeader =
  'the header has no column of an alert, or cannot be read; one of When, Who, Action, What, ' +
  'Where, Object Type, Data Source, RID, Details is needed, and tabs between them'

function whyEnded({ aborted }: AbortSignal): Answer {
  return aborted
    ? later('stopping', 'Cefline is being stopped')
    : later('failed', 'the file could not be made durable')
}

function told(notices: Notice[]): Batch {
  const empty: Batch = { read: 0, lines: noLines, rejects: [], ignored: 0 }
  return notices.length > 0 ? { ...empty, notices } : empty
}

/**
 * A queue of Amazon SQS that S3 tells of new objects. SQS may give a message twice and in any order
 * (at-least-once delivery); what is done with those in hand is in `held-messages.ts`.
 *
 * The SDK's client is loaded when it is first needed, as the one for S3 is.
 */
import type * as Sqs from '@aws-sdk/client-sqs'
import type { CeflineError } from '../error.ts'
import { error, isCeflineError } from '../error.ts'
import { printable } from '../io/printable.ts'
import { awsConfiguration } from './client.ts'
import { s3Failure, statusOf } from './failure.ts'
import { HeldMessages } from './held-messages.ts'
import type { S3Options } from './options.ts'
import type { Hear } from './watched-agent.ts'

export interface QueueTimes {
  /** s: the longest that SQS waits for a message. */
  wait: number
  /** s: how long a message that was received is invisible to others. */
  visibility: number
  /** ms between prolongings. */
  prolong: number
}

/** SQS allows 20 s of waiting. Should this process die, its messages come again after five minutes. */
export const queueTimes: QueueTimes = { wait: 20, visibility: 300, prolong: 100_000 }

export interface Message {
  id: string
  receipt: string
  body: string
}

/** What SQS gives at once at most. */
const mostMessages = 10

type Sdk = typeof Sqs

export class Queue {
  readonly url: string
  readonly #client: Sqs.SQSClient
  readonly #sdk: Sdk
  readonly #place: string
  readonly #times: QueueTimes

  private constructor(
    url: string,
    client: Sqs.SQSClient,
    sdk: Sdk,
    place: string,
    times: QueueTimes,
  ) {
    this.url = url
    this.#client = client
    this.#sdk = sdk
    this.#place = place
    this.#times = times
  }

  /** Sends nothing. `place` is the source's path in the configuration, `hear` is told whose certificate
   * its connections show. Throws `config`. */
  static async open(
    url: string,
    options: S3Options,
    place: string,
    times = queueTimes,
    hear: Hear = () => {},
  ): Promise<Queue> {
    const region = judgeQueue(url, place)
    const sdk = await import('@aws-sdk/client-sqs')
    const isAws = region !== undefined
    const configuration = await awsConfiguration(
      options,
      place,
      isAws ? null : options.tls.ca,
      hear,
    )
    const { origin } = new URL(url)
    const client = new sdk.SQSClient({
      ...configuration,
      endpoint: origin,
      ...(isAws && { region }),
    })
    // A request that waits for messages must not be taken for one without an answer.
    const wait = Math.min(times.wait, Math.floor(options.timeout / 2_000))
    return new Queue(url, client, sdk, place, { ...times, wait })
  }

  /** How many messages are there, roughly, for `check`. */
  async size(signal: AbortSignal): Promise<number> {
    const command = new this.#sdk.GetQueueAttributesCommand({
      QueueUrl: this.url,
      AttributeNames: ['ApproximateNumberOfMessages'],
    })
    try {
      const { Attributes = {} } = await this.#client.send(command, { abortSignal: signal })
      return Number(Attributes['ApproximateNumberOfMessages'])
    } catch (thrown) {
      throw this.#failure(thrown, 'sqs:GetQueueAttributes')
    }
  }

  /** Some messages, or none when there were none for a while. */
  async receive(signal: AbortSignal): Promise<HeldMessages> {
    const command = new this.#sdk.ReceiveMessageCommand({
      QueueUrl: this.url,
      MaxNumberOfMessages: mostMessages,
      WaitTimeSeconds: this.#times.wait,
      VisibilityTimeout: this.#times.visibility,
    })
    try {
      const { Messages = [] } = await this.#client.send(command, { abortSignal: signal })
      const messages = Messages.map(({ MessageId = '', ReceiptHandle = '', Body = '' }) => {
        return { id: MessageId, receipt: ReceiptHandle, body: Body }
      })
      return new HeldMessages(this, messages, this.#times)
    } catch (thrown) {
      throw this.#failure(thrown, 'sqs:ReceiveMessage')
    }
  }

  /** What could not be deleted comes again, and is known then. */
  async delete(messages: readonly Message[]): Promise<void> {
    const command = new this.#sdk.DeleteMessageBatchCommand({
      QueueUrl: this.url,
      Entries: messages.map(({ receipt }, index) => ({
        Id: String(index),
        ReceiptHandle: receipt,
      })),
    })
    try {
      await this.#client.send(command)
    } catch (thrown) {
      throw this.#failure(thrown, 'sqs:DeleteMessage')
    }
  }

  /** Seconds from now on in which nobody else receives them. */
  async hide(messages: readonly Message[], seconds: number): Promise<void> {
    const command = new this.#sdk.ChangeMessageVisibilityBatchCommand({
      QueueUrl: this.url,
      Entries: messages.map(({ receipt }, index) => {
        return { Id: String(index), ReceiptHandle: receipt, VisibilityTimeout: seconds }
      }),
    })
    try {
      const { Failed: [failed] = [] } = await this.#client.send(command)
      if (failed) throw this.#notHeld(failed)
    } catch (thrown) {
      throw this.#failure(thrown, 'sqs:ChangeMessageVisibility')
    }
  }

  close(): void {
    this.#client.destroy()
  }

  /** An answer of 200 can say so of single messages, as of each that has been held for twelve hours. */
  #notHeld({ Code, Message: why = '' }: Sqs.BatchResultErrorEntry): CeflineError {
    const what = `a message could not be kept from being given again (${Code}: ${why})`
    const then = 'what was read of its object is left out then'
    return error('server', `${this.url} (${this.#place}.queue): ${printable(what)}; ${then}`)
  }

  #failure(thrown: unknown, needs: string): CeflineError {
    if (isCeflineError(thrown)) return thrown
    const { name, status } = statusOf(thrown)
    const where = `${this.url} (${this.#place}.queue)`
    if (/QueueDoesNotExist|NonExistentQueue/.test(name)) {
      return error('not-found', `${where}: there is no such queue: check its url and account`)
    }
    if (/AccessDenied/.test(name) && !/kms/i.test(name) && status !== 403) {
      const cure = `the identity needs ${needs} on the queue`
      return error('forbidden', `${where}: not allowed (${name}): ${cure}`)
    }
    return s3Failure(thrown, { place: this.#place, where: this.url, needs })
  }
}

/** The region in a queue's url, where it is one of AWS. Throws `config`. */
export function judgeQueue(url: string, place: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username + parsed.password !== '') {
    const cure = 'write its url, such as https://sqs.eu-central-1.amazonaws.com/123456789012/name'
    throw error('config', `${place}.queue is no url of a queue: ${cure}`)
  }
  if (parsed.pathname.endsWith('.fifo')) {
    throw error(
      'config',
      `${place}.queue is a FIFO queue, which S3 does not notify: use a standard one`,
    )
  }
  return /\bsqs\.([a-z0-9-]+)\.(?:vpce\.)?amazonaws\.com(?:\.cn)?$/.exec(parsed.hostname)?.[1]
}

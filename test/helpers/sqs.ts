/**
 * A stand-in for Amazon SQS, ours and no judge of what SQS does: one queue, over the AWS JSON protocol, on
 * loopback. It keeps what this project rests on: a message that was received is invisible for a while, comes again with
 * a new receipt handle when it was not deleted, can be hidden longer; only the newest handle counts for that.
 */
import { createHash, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { useTestKeys } from './versitygw.ts'

interface Kept {
  id: string
  body: string
  receipt: string
  /** ms since 1970 */
  visibleAt: number
  received: number
}

interface Testing {
  teardown(end: () => Promise<void>): void
}

interface Asked {
  WaitTimeSeconds?: number
  MaxNumberOfMessages?: number
  VisibilityTimeout?: number
  Entries?: { Id: string; ReceiptHandle: string; VisibilityTimeout?: number }[]
}

type Failure = [status: number, type: string]

export class StandInQueue {
  readonly messages: Kept[] = []
  readonly deleted: string[] = []
  /** Every operation, by its name. */
  readonly asked: string[] = []
  /** Gives each message twice, as SQS may. */
  twice = false
  /** How an operation fails, if it does. */
  ill: (operation: string) => Failure | undefined = () => undefined
  /** Messages cannot be held any longer: said in an answer that is none of an error. */
  tooLong = false

  send(body: unknown): void {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    this.messages.push({ id: randomUUID(), body: text, receipt: '', visibleAt: 0, received: 0 })
  }

  /** Makes every message visible, as the time-out of its visibility would. */
  expire(): void {
    for (const message of this.messages) message.visibleAt = 0
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const operation = String(request.headers['x-amz-target']).replace('AmazonSQS.', '')
    this.asked.push(operation)
    const failure = this.ill(operation)
    if (failure) {
      const [status, type] = failure
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
      response.end(JSON.stringify({ __type: `com.amazonaws.sqs#${type}`, message: type }))
      return
    }
    const asked = JSON.parse(Buffer.concat(chunks).toString()) as Asked
    const answer = await this.#do(operation, asked, request)
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
    response.end(JSON.stringify(answer))
  }

  async #do(operation: string, asked: Asked, request: IncomingMessage): Promise<unknown> {
    const { Entries = [] } = asked
    switch (operation) {
      case 'ReceiveMessage':
        return this.#receive(asked, request)
      case 'DeleteMessageBatch':
        for (const { ReceiptHandle } of Entries) this.#delete(ReceiptHandle)
        return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] }
      case 'ChangeMessageVisibilityBatch':
        if (this.tooLong) {
          const fault = { SenderFault: true, Code: 'InvalidParameterValue', Message: '43200 s' }
          return { Successful: [], Failed: Entries.map(({ Id }) => ({ Id, ...fault })) }
        }
        for (const { ReceiptHandle, VisibilityTimeout = 0 } of Entries) {
          const message = this.messages.find(({ receipt }) => receipt === ReceiptHandle)
          if (message) message.visibleAt = Date.now() + VisibilityTimeout * 1000
        }
        return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] }
      case 'GetQueueAttributes':
        return { Attributes: { ApproximateNumberOfMessages: String(this.messages.length) } }
      default:
        return {}
    }
  }

  async #receive(asked: Asked, request: IncomingMessage): Promise<unknown> {
    const { WaitTimeSeconds = 0, MaxNumberOfMessages = 1, VisibilityTimeout = 30 } = asked
    const until = Date.now() + WaitTimeSeconds * 1000
    let found: Kept[] = []
    while (found.length === 0 && !request.socket.destroyed) {
      // The newest first: order is nothing to rest on.
      found = this.messages
        .filter(({ visibleAt }) => visibleAt <= Date.now())
        .slice(-MaxNumberOfMessages)
        .reverse()
      if (found.length > 0 || Date.now() >= until) break
      await sleep(20)
    }
    const given = found.map((message) => {
      message.receipt = randomUUID()
      message.received += 1
      const seconds = this.twice && message.received === 1 ? 0 : VisibilityTimeout
      message.visibleAt = Date.now() + seconds * 1000
      const digest = createHash('md5').update(message.body).digest('hex')
      const { id: MessageId, receipt: ReceiptHandle, body: Body } = message
      return { MessageId, ReceiptHandle, Body, MD5OfBody: digest }
    })
    return given.length > 0 ? { Messages: given } : {}
  }

  #delete(receipt: string): void {
    const at = this.messages.findIndex((message) => message.receipt === receipt)
    if (at >= 0) this.deleted.push(...this.messages.splice(at, 1).map(({ body }) => body))
  }
}

/** Starts it with an empty queue; ended with the test. */
export async function startQueue(t: Testing): Promise<{ queue: StandInQueue; url: string }> {
  useTestKeys()
  const queue = new StandInQueue()
  const server = createServer((request, response) => {
    queue.answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return { queue, url: `http://127.0.0.1:${port}/123456789012/objects` }
}

/** S3's notification of an object, as it puts it into a queue. */
export function notificationOf(bucket: string, key: string, eventName = 'ObjectCreated:Put') {
  const encoded = encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/')
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        eventName,
        s3: { bucket: { name: bucket }, object: { key: encoded, size: 1, eTag: '0' } },
      },
    ],
  }
}

/**
 * The body of a request, to a file that only Cefline's user may read: whole, or not at all.
 *
 * It is unpacked (gzip) and measured on its way, so that neither a body without end nor one that
 * grows when it is unpacked takes more than `maxBody`. What the sender compresses or not, chunks or
 * not, is the same content, and has the same digest.
 */
import { createHash } from 'node:crypto'
import { open, unlink } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { dirname } from 'node:path'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { makeFolder } from '../io/make-folder.ts'
import { errnoOf } from '../io/regular-file.ts'
import { later, refusal } from './push-answer.ts'
import type { Answer } from './push-answer.ts'

export interface Body {
  path: string
  bytes: number
  /** SHA-256 of the content. */
  digest: Buffer
}

const headBytes = 8

/** What a request says of its body that can be judged before any of it has come. */
export function refusedUnread(request: IncomingMessage, maxBody: number): Answer | undefined {
  const { headers } = request
  const encoding = encodingOf(request)
  if (!['', 'identity', 'gzip', 'x-gzip'].includes(encoding)) {
    const message =
      'the Content-Encoding is none that is taken; send the file as it is, or with gzip'
    return refusal(415, 'encoding', message, { 'accept-encoding': 'gzip' })
  }
  if (isForm(request)) {
    const message = 'the body is a form; send the file itself, as curl --data-binary @FILE does'
    return refusal(415, 'form', message)
  }
  // RFC 9110, 14.5: who does not put parts together must not take one for the whole.
  if (headers['content-range'] !== undefined) {
    return refusal(400, 'partial', 'the body is a part of a file; send all of it, no Content-Range')
  }
  if (Number(headers['content-length'] ?? 0) > maxBody) return tooLarge(maxBody)
  return undefined
}

/** Reads the body to a new file at `path`. An answer when it is refused; then there is no file, and
 * what is left of the body flows off, so that the sender can hear of it. */
export async function receiveBody(
  request: IncomingMessage,
  path: string,
  maxBody: number,
  signal: AbortSignal,
): Promise<Body | Answer> {
  let source: Readable = request
  const stop = () => void source.destroy(signal.reason as Error)
  try {
    // Somebody may have tidied up.
    await makeFolder(dirname(path), 0o700)
    const file = await open(path, 'wx', 0o600)
    source = unpacked(request)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    const hash = createHash('sha256')
    let head = Buffer.alloc(0)
    let bytes = 0
    let refused: Answer | undefined
    try {
      const chunks = source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
      for await (const chunk of chunks) {
        bytes += chunk.length
        if (bytes > maxBody) {
          refused = tooLarge(maxBody)
          break
        }
        if (head.length < headBytes) head = Buffer.concat([head, chunk]).subarray(0, headBytes)
        hash.update(chunk)
        await file.writeFile(chunk)
      }
    } finally {
      await file.close()
    }
    // What is left cannot flow off while the iterator holds the request.
    refused ??= request.complete ? noCsv(head) : gone
    if (refused) return await giveUp(request, source, path, refused)
    return { path, bytes, digest: hash.digest() }
  } catch (thrown) {
    return await giveUp(request, source, path, whyNot(thrown, request, signal))
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Nobody is there to read it. */
const gone = refusal(400, 'cut-off', 'the body ended too early; nothing of it was taken')

function unpacked(request: IncomingMessage): Readable {
  if (['', 'identity'].includes(encodingOf(request))) return request
  const gunzip = createGunzip()
  // One that broke off ends no pipe: neither now, nor while the file was being opened, nor with its
  // last bytes still unread. Its place would be taken for ever.
  const end = () => {
    if (!request.readableEnded) gunzip.destroy(new Error('the body ended too early'))
  }
  request.once('error', end).once('close', end)
  if (request.destroyed) end()
  return request.pipe(gunzip)
}

async function giveUp(
  request: IncomingMessage,
  source: Readable,
  path: string,
  answer: Answer,
): Promise<Answer> {
  if (source !== request) {
    request.unpipe()
    source.destroy()
  }
  request.resume()
  await unlink(path).catch(() => {})
  return answer
}

function whyNot(thrown: unknown, request: IncomingMessage, signal: AbortSignal): Answer {
  if (signal.aborted) return later('stopping', 'Cefline is being stopped')
  const errno = errnoOf(thrown)
  if (/^Z_/.test(errno)) {
    return refusal(400, 'encoding', 'the body is not what gzip makes, as its Content-Encoding says')
  }
  if (errno === 'ECONNRESET' || (request.destroyed && !request.readableEnded)) return gone
  return later('failed', `the body cannot be kept (${errno || 'no file can be written'})`)
}

function tooLarge(maxBody: number): Answer {
  const message = `the file is larger than ${maxBody} bytes; limit the alert's rows, or raise maxBody`
  return refusal(413, 'too-large', message)
}

/** What senders are known to send in place of a CSV, by how it begins. */
function noCsv(head: Buffer): Answer | undefined {
  const text = head.toString('latin1')
  const what =
    head.length === 0
      ? 'the body is empty'
      : text.startsWith('\x1f\x8b')
        ? 'the body is packed with gzip; say so with Content-Encoding: gzip'
        : /^(?:\xef\xbb\xbf)?\s*[<{[]/.test(text)
          ? 'the body is HTML, XML or JSON'
          : /^(?:PK\x03\x04|%PDF|MZ)/.test(text)
            ? 'the body is a document or a program'
            : undefined
  if (what === undefined) return undefined
  return refusal(400, 'no-csv', `${what}; send the CSV that Netwrix wrote for the alert`)
}

/** As `curl --form` makes it: the file is one part of the body, with other text around it. */
export function isForm({ headers }: IncomingMessage): boolean {
  return /^\s*multipart\//i.test(headers['content-type'] ?? '')
}

function encodingOf({ headers }: IncomingMessage): string {
  return (headers['content-encoding'] ?? '').trim().toLowerCase()
}

/**
 * The bytes of a timeline's file → its text as UTF-8: unpacked when they are gzip's, transcoded when
 * they are UTF-16, without a byte order mark. UTF-8 is passed on as it is, and what is none in either
 * stays none: such a row is its decoder's to refuse.
 *
 * Of packed data that is torn everything up to its last whole line is text; the line that was cut is
 * given apart, so that nothing cut passes for an event.
 */
import { Survey } from '../decoders/text.ts'
import { isCeflineError } from '../error.ts'
import type { CeflineError } from '../error.ts'
import { rowLimit } from './decoder.ts'
import { gunzipped, isGzip } from './gunzip.ts'
import { FromUtf16 } from './utf16.ts'

/** Where packed data stops being any. */
export interface Torn {
  /** Goes on after the file's name: `ends in the middle of …`. */
  reason: string
  /** The beginning of the line that was cut. */
  rest: Buffer
}

/** What the encoding is told by. */
const beginningBytes = 256
/** Of a line that is held back until its end has come: a longer one is refused, whole or cut. */
const mostHeld = rowLimit + 1

/** Chunks of text; the last one may be `Torn`. Throws what `chunks` throws. */
export async function* timelineText(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer | Torn> {
  const { beginning, all } = await peek(chunks, 2)
  if (isGzip(beginning)) yield* wholeLines(transcoded(gunzipped(all)))
  else yield* transcoded(all)
}

async function* transcoded(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let torn: Error | undefined
  const untorn = (async function* () {
    try {
      yield* chunks
    } catch (thrown) {
      if (!isTorn(thrown)) throw thrown
      torn = thrown
    }
  })()
  const { beginning, all } = await peek(untorn, beginningBytes)
  const { encoding, mark } = encodingOf(beginning)
  const text = encoding === 'utf-8' ? undefined : new FromUtf16(encoding)
  let toSkip = mark
  for await (const chunk of all) {
    const marked = chunk.subarray(toSkip)
    toSkip = 0
    const written = text ? text.write(marked) : marked
    if (written.length > 0) yield written
  }
  if (torn !== undefined) throw torn
  const last = text?.end()
  if (last && last.length > 0) yield last
}

/** Holds back what is after the last line feed until it is known to go on. */
async function* wholeLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer | Torn> {
  let held: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of chunks) {
      const end = chunk.lastIndexOf(0x0a) + 1
      if (end > 0 || length > mostHeld) {
        yield* held
        held = []
        length = 0
      }
      if (end > 0) yield chunk.subarray(0, end)
      held.push(chunk.subarray(end))
      length += chunk.length - end
    }
  } catch (thrown) {
    if (!isTorn(thrown)) throw thrown
    yield { reason: thrown.message, rest: Buffer.concat(held) }
    return
  }
  yield* held
}

/** What `gunzipped` throws. */
function isTorn(thrown: unknown): thrown is CeflineError {
  return isCeflineError(thrown) && thrown.code === 'encoding'
}

/** UTF-16 is told by its mark or its zero bytes, in the beginning; all else is, or should be, UTF-8. */
function encodingOf(beginning: Buffer) {
  const survey = new Survey()
  survey.update(beginning)
  const { encoding, mark } = survey.end()
  return encoding === 'windows-1252' ? { encoding: 'utf-8' as const, mark: 0 } : { encoding, mark }
}

/** The first bytes, as many as there are, and all of them. */
async function peek(
  chunks: AsyncIterable<Buffer>,
  bytes: number,
): Promise<{ beginning: Buffer; all: AsyncIterable<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]()
  let beginning: Buffer = Buffer.alloc(0)
  while (beginning.length < bytes) {
    const next = await iterator.next()
    if (next.done === true) break
    beginning = beginning.length === 0 ? next.value : Buffer.concat([beginning, next.value])
  }
  const all = async function* (): AsyncGenerator<Buffer> {
    try {
      if (beginning.length > 0) yield beginning
      yield* { [Symbol.asyncIterator]: () => iterator }
    } finally {
      await iterator.return?.()
    }
  }
  return { beginning, all: all() }
}

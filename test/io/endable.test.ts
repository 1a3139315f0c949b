import t from 'tap'
import { endable } from '../../src/io/endable.ts'

/** Gives one value, then waits until it is ended. */
function once(ended: string[], signal = new AbortController().signal): AsyncIterable<number> {
  return endable(async function* (over) {
    try {
      yield 1
      if (over.aborted) return
      await new Promise<void>((resolve) => over.addEventListener('abort', () => resolve()))
    } finally {
      ended.push('ended')
    }
  }, signal)
}

t.test('a reader that goes while it waits ends it', async (t) => {
  const ended: string[] = []
  const reading = once(ended)[Symbol.asyncIterator]()
  t.strictSame(await reading.next(), { done: false, value: 1 })
  const waiting = reading.next()
  await reading.return?.()
  t.strictSame(await waiting, { done: true, value: undefined })
  t.strictSame(ended, ['ended'])
})

t.test('so does the signal, and the end of a loop', async (t) => {
  const ended: string[] = []
  const ending = new AbortController()
  for await (const value of once(ended, ending.signal)) {
    t.equal(value, 1)
    ending.abort()
  }
  for await (const value of once(ended)) {
    t.equal(value, 1)
    break
  }
  t.strictSame(ended, ['ended', 'ended'])
})

import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import t from 'tap'
import type { DropFile, Portion } from '../../src/drop/portion.ts'
import type { FromWorker, Reader, ToWorker } from '../../src/drop/worker.ts'
import { serve } from '../../src/drop/worker.ts'
import { error } from '../../src/error.ts'

/** One portion a file, in a buffer of its own. A file named `bad` is a fault of ours. */
class Files implements Reader {
  readonly back: ArrayBuffer[]

  constructor(back: ArrayBuffer[]) {
    this.back = back
  }

  *read(files: DropFile[]): Generator<Portion, void> {
    for (const [index, { path }] of files.entries()) {
      if (Buffer.from(path).toString() === 'bad') throw error('internal', 'a fault of ours')
      const [bytes, ids] = [Buffer.allocUnsafeSlow(8).fill(index), Buffer.allocUnsafeSlow(16)]
      const lines = { count: 1, bytes, ids }
      yield { batch: { read: 1, lines, rejects: [], ignored: 0 }, ended: [{ index }] }
    }
  }

  giveBack(buffer: ArrayBuffer): void {
    this.back.push(buffer)
  }
}

class LaterFiles implements Reader {
  readonly #files: Files

  constructor(back: ArrayBuffer[]) {
    this.#files = new Files(back)
  }

  async *read(files: DropFile[]): AsyncGenerator<Portion, void> {
    for (const portion of this.#files.read(files)) {
      await new Promise((resolve) => setImmediate(resolve))
      yield portion
    }
  }

  giveBack(buffer: ArrayBuffer): void {
    this.#files.giveBack(buffer)
  }
}

const named = (names: string[]): DropFile[] => names.map((name) => ({ path: Buffer.from(name) }))

for (const Kind of [Files, LaterFiles]) {
  t.test(`a reader that gives ${Kind === Files ? 'at once' : 'later'}`, async (t) => {
    const { port1, port2 } = new MessageChannel()
    t.teardown(() => port1.close())
    const back: ArrayBuffer[] = []
    const data: unknown[] = []
    serve(port2, (given) => {
      data.push(given)
      return new Kind(back)
    })
    const ask = (message: ToWorker) => port1.postMessage(message)
    const answers: FromWorker[] = []
    port1.on('message', (message: FromWorker) => answers.push(message))
    const until = async (count: number) => {
      while (answers.length < count) await once(port1, 'message')
      return answers.splice(0)
    }

    ask({ kind: 'data', data: { zone: 'UTC' } })
    ask({ kind: 'read', reading: 1, files: named(['a', 'b', 'c']) })
    ask({ kind: 'read', reading: 2, files: named(['d', 'bad', 'e']) })
    const [first, second] = await until(2)
    t.strictSame(data, [{ zone: 'UTC' }])
    t.match([first, second], [{ portion: { ended: [{ index: 0 }] } }, { reading: 1 }])
    // Time enough for a third one, if it came.
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    t.strictSame(answers, [], 'no more than two are under way')

    if (first?.kind !== 'portion') throw new Error('a portion')
    const buffer = first.portion.batch.lines.bytes.buffer as ArrayBuffer
    port1.postMessage({ kind: 'grant', buffer } satisfies ToWorker, [buffer])
    t.match(await until(2), [{ portion: { ended: [{ index: 2 }] } }, { kind: 'end', reading: 1 }])
    t.strictSame(back.map((given) => given.byteLength), [8], 'its buffer is filled again')

    ask({ kind: 'grant', buffer: undefined })
    const failure = { code: 'internal', message: 'a fault of ours', permanent: false }
    t.match(await until(2), [
      { kind: 'portion', reading: 2 },
      { kind: 'failed', reading: 2, failure },
    ])
    ask({ kind: 'grant', buffer: undefined })
    ask({ kind: 'read', reading: 3, files: named(['f']) })
    t.match(await until(2), [{ reading: 3 }, { kind: 'end' }], 'and it goes on')
  })
}

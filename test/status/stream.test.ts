import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import t from 'tap'
import type { Seen } from '../../src/status/asked.ts'
import { mostReaders, Stream } from '../../src/status/stream.ts'

const cef = 'CEF:0|a|b|c|d|e|1| msg=x'
const place = { at: 1, destination: 'siem', queue: 'alerts', sequence: 1, time: 1, severity: 1 }
const passed = (line: number) => ({ ...place, line, cef, frame: '' })

// Its timers keep no process alive.
const alive = setInterval(() => {}, 1000)
t.teardown(() => clearInterval(alive))

/** Resolves when what was read matches. */
async function until(stream: Readable, pattern: RegExp): Promise<string> {
  let read = ''
  while (!pattern.test(read)) {
    const chunk = stream.read() as Buffer | null
    if (chunk) read += chunk.toString()
    else await once(stream, 'readable')
  }
  return read
}

function open(stream: Stream): Readable {
  const opened = stream.open()
  if (!opened) throw new Error('too many')
  return opened
}

/** A watch that gives what is put in, and the signals that it was begun with. */
function feed() {
  const signals: AbortSignal[] = []
  const wakes: ((seen: Seen) => void)[] = []
  async function* watch(_most: number, signal: AbortSignal): AsyncGenerator<Seen> {
    signals.push(signal)
    while (!signal.aborted) {
      const seen = await new Promise<Seen | undefined>((resolve) => {
        wakes.push(resolve)
        signal.addEventListener('abort', () => resolve(undefined), { once: true })
      })
      if (seen) yield seen
    }
  }
  return { watch, signals, wakes }
}

t.test('status at once and again, events when something passed, to all who look', async (t) => {
  let count = 0
  const { watch, signals, wakes } = feed()
  const asked = { verbs: {} as never, watch }
  const stream = new Stream({
    status: async () => ({ count: ++count }),
    asked: () => asked,
    every: 5,
  })
  t.teardown(() => stream.close())
  t.equal(count, 0, 'while nobody looks nothing is made')
  const [one, other] = [open(stream), open(stream)]
  t.match(await until(one, /"count":3/), /^retry: 3000\n\nevent: status\ndata: \{"count":\d\}\n\n/)
  await until(other, /"count":4/)
  wakes.at(-1)?.({ events: [passed(0), passed(1)], skipped: 7 })
  for (const reader of [one, other]) {
    const read = await until(reader, /event: events\ndata: .*\n\n/)
    const [, data = ''] = /event: events\ndata: (.*)\n\n/.exec(read) ?? []
    const events = [{ line: 1, header: { name: 'e' }, fields: [['msg', 'x']] }, { line: 0 }]
    t.match(JSON.parse(data), { events, skipped: 7 })
  }
  one.destroy()
  await once(one, 'close')
  t.equal(stream.readers, 1)
  t.notOk(signals[0]?.aborted)
  other.destroy()
  await once(other, 'close')
  t.equal(stream.readers, 0)
  t.ok(signals[0]?.aborted, 'with the last one the watch ends')
  const again = open(stream)
  await until(again, /event: status/)
})

t.test('who does not read misses some, is told, and holds up nobody', async (t) => {
  const { watch, wakes } = feed()
  const big = 'x'.repeat(2 * 1024 * 1024)
  let status: object = { big }
  const stream = new Stream({
    ...{ status: async () => status, every: 5 },
    asked: () => ({ verbs: {} as never, watch }),
  })
  t.teardown(() => stream.close())
  const slow = open(stream)
  const quick = open(stream)
  await until(quick, /event: status\ndata: .*\n\n/)
  status = {}
  wakes.at(-1)?.({ events: [passed(0)], skipped: 2 })
  await until(quick, /event: events/)
  const wakesBefore = wakes.length
  while (wakes.length === wakesBefore) await until(quick, /event: status/)
  await until(slow, /"big":"x+"\}\n\n/)
  wakes.at(-1)?.({ events: [passed(1)], skipped: 0 })
  t.match(await until(slow, /event: events\ndata: .*\n\n/), /"skipped":3\}/)
})

t.test('a bounded number may look, and the end ends them', async (t) => {
  const stream = new Stream({ status: async () => ({}), asked: () => undefined, every: 5 })
  const readers = Array.from({ length: mostReaders }, () => open(stream))
  t.equal(stream.open(), undefined)
  readers[0]?.destroy()
  await once(readers[0] as Readable, 'close')
  readers[0] = open(stream)
  stream.close()
  for (const reader of readers) t.match(await text(reader), /^retry/)
})

t.test('a status that cannot be read is left out', async (t) => {
  let fails = true
  const stream = new Stream({
    status: async () => {
      if (fails) throw new Error('the spool does not answer')
      return {}
    },
    asked: () => undefined,
    every: 5,
  })
  t.teardown(() => stream.close())
  const reader = open(stream)
  fails = false
  t.match(await until(reader, /event: status/), /data: \{\}/)
})

t.test('a watch that fails is begun again', async (t) => {
  const { watch, wakes } = feed()
  let begun = 0
  const failing = (most: number, signal: AbortSignal) => {
    begun += 1
    if (begun === 1) throw new Error('no watch')
    return watch(most, signal)
  }
  const asked = { verbs: {} as never, watch: failing }
  const stream = new Stream({ status: async () => ({}), asked: () => asked, every: 5 })
  t.teardown(() => stream.close())
  const reader = open(stream)
  while (wakes.length === 0) await until(reader, /event: status/)
  wakes[0]?.({ events: [passed(1)], skipped: 0 })
  t.match(await until(reader, /event: events/), /"msg","x"/)
})

import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
} from 'node:fs'
import { closeSync, openSync, writeSync } from 'node:fs'
import { copyFileSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Batch, Notice, Reject } from '../../src/core.ts'
import { ReadingThread } from '../../src/drop/thread.ts'
import { asideName } from '../../src/io/file-name.ts'
import { Folder } from '../../src/io/folder.ts'
import { unpackLines } from '../../src/io/lines.ts'
import type { Options } from '../../src/sources/netwrix-alerts.ts'
import { create, schema } from '../../src/sources/netwrix-alerts.ts'

const header = 'When\tWho\tAction\n'
const row = (who: string): string => `2026-01-02T03:04:05Z\t${who}\tAdded\n`

/** A spool that remembers, and a source that is run as `collect` runs it. */
class Run {
  readonly who: string[] = []
  readonly rejects: Reject[] = []
  readonly notices: Notice[] = []
  readonly known = new Set<string>()
  read = 0
  ignored = 0
  given = 0
  batches = 0
  failure: unknown
  readonly #options: Options
  #abort = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(folder: string, options: Partial<Options> = {}) {
    this.#options = {
      ...(Object.fromEntries(
        Object.entries(schema).map(([name, option]) => [
          name,
          'default' in option ? option.default : undefined,
        ]),
      ) as unknown as Options),
      folder,
      settle: 60,
      ...options,
    }
  }

  get source() {
    return create(this.#options, { name: 'alerts', remembers: (id) => this.known.has(hex(id)) })
  }

  /** `stopAfter` ends it in the line after that batch's yield. */
  start(stopAfter = Infinity): this {
    this.#abort = new AbortController()
    this.#running = this.#run(stopAfter)
    return this
  }

  async until(condition: () => boolean): Promise<void> {
    for (let turn = 0; turn < 6000 && !condition() && !this.failure; turn += 1) await sleep(10)
    if (!condition()) throw new Error(`it did not come to that: ${JSON.stringify(this.notices)}`)
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#running
  }

  async #run(stopAfter: number): Promise<void> {
    const source = this.source
    try {
      for await (const batch of source.batches(undefined, this.#abort.signal)) {
        this.#append(batch)
        stopAfter -= 1
        if (stopAfter === 0) break
      }
    } catch (thrown) {
      this.failure = thrown
    } finally {
      await source.close()
      await source.close()
    }
  }

  #append({ read, lines, rejects, ignored, remember, notices }: Batch): void {
    this.batches += 1
    this.read += read
    this.ignored += ignored
    this.notices.push(...(notices ?? []))
    for (const reject of rejects) if (this.#isNew(reject.id)) this.rejects.push(reject)
    for (const [index, who] of suserOf({ lines }).entries()) {
      if (this.#isNew(lines.ids.subarray(index * 16, index * 16 + 16))) {
        this.who.push(who)
      } else {
        this.given += 1
      }
    }
    for (let at = 0; remember && at < remember.length; at += 16) {
      this.#isNew(remember.subarray(at, at + 16))
    }
  }

  #isNew(id: Uint8Array | undefined): boolean {
    const isNew = id === undefined || !this.known.has(hex(id))
    if (id) this.known.add(hex(id))
    return isNew
  }
}

function suserOf({ lines }: Pick<Batch, 'lines'>): string[] {
  return unpackLines(lines.bytes).map(({ cef }) => / suser=(\S*)/.exec(cef)?.[1] ?? '')
}

function hex(id: Uint8Array): string {
  return Buffer.from(id).toString('hex')
}

t.test('a drop goes to done, oldest first, and a second time adds nothing', async (t) => {
  const folder = t.testdir({
    'b.csv': header + row('first') + row('second'),
    'a.csv': header + row('third'),
  })
  utimesSync(join(folder, 'b.csv'), 1000, 1000)
  const run = new Run(folder).start()
  await run.until(() => existsSync(join(folder, 'done', 'a.csv')))
  t.strictSame(run.who, ['first', 'second', 'third'])
  copyFileSync(join(folder, 'done', 'b.csv'), join(folder, 'again.csv'))
  await run.until(() => existsSync(join(folder, 'done', 'again.csv')))
  t.strictSame(run.who, ['first', 'second', 'third'])
  t.equal(run.given, 2)
  writeFileSync(join(folder, 'a.csv'), header + row('fourth'))
  await run.until(() => run.who.includes('fourth') && !existsSync(join(folder, 'a.csv')))
  // A file that is being moved has another name for a moment.
  const done = readdirSync(join(folder, 'done')).filter((name) => !name.startsWith('.'))
  t.equal(done.length, 4, 'the same name again is kept beside the first')
  await run.stop()
  t.equal(run.failure, undefined)
})

t.test('a file that is still being written is left alone', async (t) => {
  const folder = t.testdir({})
  const run = new Run(folder, { settle: 400 }).start()
  const path = join(folder, 'a.csv')
  writeFileSync(path, header)
  for (let turn = 0; turn < 12; turn += 1) {
    await sleep(60)
    appendFileSync(path, row(`w${turn}`))
    t.equal(run.read, 0)
  }
  await run.until(() => !existsSync(path))
  t.equal(run.who.length, 12)
  await run.stop()
})

t.test('a file that appears by rename is taken without waiting', async (t) => {
  const folder = t.testdir({ 'a.csv.tmp': header + row('me') })
  const run = new Run(folder, { settle: 3_600_000 }).start()
  await sleep(300)
  renameSync(join(folder, 'a.csv.tmp'), join(folder, 'a.csv'))
  await run.until(() => existsSync(join(folder, 'done', 'a.csv')))
  t.strictSame(run.who, ['me'])
  await run.stop()
})

t.test('bad files go to failed with the reason, bad rows to the rejects', async (t) => {
  const folder = t.testdir({
    'bad.csv': 'one\ttwo\n1\t2\n',
    'rows.csv': `${header}3/4/2026\tme\tAdded\n${row('me')}\t\t\n`,
    'empty.csv': '',
    'header.csv': header,
  })
  const run = new Run(folder).start()
  await run.until(() => readdirSync(folder).sort().join() === 'done,failed')
  await run.stop()
  t.strictSame(readdirSync(join(folder, 'failed')).sort(), ['bad.csv', 'bad.csv.reason.txt'])
  t.match(readFileSync(join(folder, 'failed', 'bad.csv.reason.txt'), 'utf8'), /header "one, two"/)
  t.strictSame(readdirSync(join(folder, 'done')).sort(), ['empty.csv', 'header.csv', 'rows.csv'])
  t.match(run, { who: ['me'], read: 3, ignored: 1 })
  t.match(run.rejects, [{ code: 'date', origin: 'rows.csv', row: 2 }])
  t.match(
    run.notices.filter(({ level }) => level === 'error'),
    [{ code: 'header', message: /^bad\.csv: .* it goes to / }],
  )
  t.equal(run.notices.filter(({ code }) => code === 'empty-file').length, 2)
})

t.test('what is no file of alerts does no harm', async (t) => {
  const folder = t.testdir({
    sub: { 'x.csv': header + row('x') },
    '.hidden.csv': header + row('h'),
  })
  const outside = t.testdirName + '-outside.csv'
  writeFileSync(outside, header + row('outside'))
  t.teardown(() => rmSync(outside))
  symlinkSync(outside, join(folder, 'link.csv'))
  execFileSync('mkfifo', [join(folder, 'fifo.csv')])
  const odd = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0x0a, 0x1b, 0x27])])
  writeFileSync(odd, header + row('odd') + 'x\n')
  const run = new Run(folder).start()
  await run.until(() => !existsSync(odd))
  await sleep(200)
  await run.stop()
  t.strictSame(run.who, ['odd'])
  t.match(run.rejects, [{ reason: /^\\xff\\x0a\\x1b' row 3 / }])
  const left = readdirSync(folder).sort()
  t.strictSame(left, ['.hidden.csv', 'done', 'fifo.csv', 'link.csv', 'sub'])
  const untaken = run.notices.filter(({ code }) => code === 'not-taken')
  t.equal(untaken.length, 3, 'it is told of the FIFO, the link and the folder, once')
})

t.test('what came under the name of a file that was moved when all ended', async (t) => {
  const left = { [asideName()]: header + row('nobody-read-it') }
  const folder = t.testdir({ done: left, 'a.csv': header })
  const run = new Run(folder).start()
  await run.until(() => run.who.length === 1 && readdirSync(folder).join() === 'done')
  await run.stop()
  t.strictSame(run.who, ['nobody-read-it'])
  t.match(run.notices, [{ code: 'file-recovered', message: /^cefline-.*\.csv is what a move/ }, {}])
})

t.test('a quiet folder says that it is looked at, one that hangs does not', async (t) => {
  const [{ next }, now] = [Folder.prototype, performance.now]
  t.teardown(() => Object.assign(Folder.prototype, { next }))
  t.teardown(() => Object.assign(performance, { now }))
  let passed = 0
  let looks = 0
  Object.assign(performance, { now: () => now.call(performance) + passed })
  Folder.prototype.next = async (_skip, signal) => {
    looks += 1
    passed += 10_000
    if (looks > 9) await new Promise((resolve) => signal.addEventListener('abort', resolve))
    return []
  }
  const run = new Run(t.testdir({})).start()
  await run.until(() => looks === 10)
  passed += 120_000
  await sleep(50)
  t.equal(run.batches, 3)
  await run.stop()
})

t.test('stopped after the commit and before the move', async (t) => {
  const folder = t.testdir({ 'a.csv': header + row('me') + row('you') })
  // The first batch says that the folder can be read, the second one has the rows.
  const run = new Run(folder).start(2)
  await run.until(() => run.batches === 2)
  await run.stop()
  t.ok(existsSync(join(folder, 'a.csv')))
  run.start()
  await run.until(() => existsSync(join(folder, 'done', 'a.csv')))
  await run.stop()
  t.match(run, { who: ['me', 'you'], given: 2 })
})

t.test('many files in one batch, each of them by itself', async (t) => {
  const folder = t.testdir({})
  for (const name of ['a', 'b', 'c', 'd']) {
    writeFileSync(join(folder, `${name}.csv`), header + row(name))
    utimesSync(join(folder, `${name}.csv`), 1000, 1000)
  }
  writeFileSync(join(folder, 'bad.csv'), 'one\n')
  const left = () => readdirSync(folder).filter((name) => name.endsWith('.csv'))
  const run = new Run(folder)
  const abort = new AbortController()
  const watching = setInterval(() => left().length === 0 && abort.abort(), 10)
  const who: string[] = []
  const notices: Notice[] = []
  for await (const batch of run.source.batches(undefined, abort.signal)) {
    who.push(...suserOf(batch))
    notices.push(...(batch.notices ?? []))
    if (batch.read === 4) {
      t.strictSame(left(), ['a.csv', 'b.csv', 'bad.csv', 'c.csv', 'd.csv'], 'nothing is moved yet')
      // Between the commit and the move.
      appendFileSync(join(folder, 'b.csv'), row('more'))
      unlinkSync(join(folder, 'c.csv'))
      writeFileSync(join(folder, 'x'), header + row('another'))
      renameSync(join(folder, 'x'), join(folder, 'd.csv'))
    }
  }
  clearInterval(watching)
  t.strictSame(who.slice(0, 4), ['a', 'b', 'c', 'd'], 'one batch')
  t.strictSame(
    who.slice(4).sort(),
    ['another', 'b', 'more'],
    'what changed is read again, as a whole',
  )
  const failed = readdirSync(join(folder, 'failed')).sort()
  t.strictSame(failed, ['bad.csv', 'bad.csv.reason.txt'])
  t.strictSame(readdirSync(join(folder, 'done')).sort(), ['a.csv', 'b.csv', 'd.csv'])
  t.match(notices.map(({ message }) => message).sort(), [
    /^b\.csv changed after it was read/,
    /^bad\.csv: /,
    /^d\.csv changed after it was read/,
  ])
})

t.test('stopped after the commit of many files', async (t) => {
  const folder = t.testdir({ 'a.csv': header + row('me'), 'b.csv': header + row('you') })
  const run = new Run(folder).start(2)
  await run.until(() => run.batches === 2)
  await run.stop()
  t.strictSame(readdirSync(folder), ['a.csv', 'b.csv'])
  run.start()
  await run.until(() => readdirSync(folder).join() === 'done')
  await run.stop()
  t.match(run, { who: ['me', 'you'], given: 2 })
})

t.test('a writer that pauses inside the header', async (t) => {
  const folder = t.testdir({})
  const run = new Run(folder).start()
  const written = openSync(join(folder, 'slow.csv'), 'w')
  t.teardown(() => closeSync(written))
  writeSync(written, 'Acc')
  await run.until(() => existsSync(join(folder, 'failed', 'slow.csv.reason.txt')))
  writeSync(written, `ount\t${header}x\t${row('me')}`)
  await run.until(() => run.who.length > 0 && existsSync(join(folder, 'done', 'slow.csv')))
  await run.stop()
  t.strictSame(run.who, ['me'])
  t.strictSame(readdirSync(join(folder, 'failed')), [], 'and the reason is gone')
  t.match(run.notices, [
    { level: 'error', code: 'header' },
    { level: 'warn', code: 'file-changed', message: /^slow\.csv .* after it could not be read: / },
  ])
})

t.test('a row that was set aside is read again with other options', async (t) => {
  const folder = t.testdir({ 'a.csv': `${header}3/4/2026\tme\tAdded\n` })
  const run = new Run(folder).start()
  await run.until(() => run.rejects.length === 1)
  await run.stop()
  const [reject] = run.rejects
  if (!reject) throw new Error('no reject')
  const stored = { ...reject, number: 1, at: 0, source: 'alerts' }
  await t.rejects(run.source.remap(stored), { code: 'date', permanent: true })
  const lines = await new Run(folder, { dateFormat: 'day-first' }).source.remap(stored)
  t.match(unpackLines(lines.bytes), [{ cef: / suser=me /, time: Date.UTC(2026, 3, 3) }])
  t.notOk(run.known.has(hex(lines.ids)), 'it is not taken for given')
})

t.test('keep, and delete', async (t) => {
  const folder = t.testdir({ 'a.csv': header + row('me'), 'bad.csv': 'x\n' })
  const keep = new Run(folder, { after: 'keep' }).start()
  await keep.until(() => keep.who.length === 1 && keep.known.size === 3)
  await keep.stop()
  const batches = keep.batches
  keep.start()
  writeFileSync(join(folder, 'b.csv'), header + row('you'))
  await keep.until(() => keep.who.length === 2)
  await keep.stop()
  t.equal(keep.given, 0, 'what is kept is not read again')
  t.ok(keep.batches - batches <= 3)
  t.strictSame(readdirSync(folder).sort(), ['a.csv', 'b.csv', 'bad.csv'])
  unlinkSync(join(folder, 'bad.csv'))
  const remove = new Run(folder, { after: 'delete' }).start()
  await remove.until(() => readdirSync(folder).join() === 'done')
  const done = () => readdirSync(join(folder, 'done')).sort()
  // A file that is being moved has another name for a moment.
  await remove.until(() => done().every((name) => !name.startsWith('.')))
  t.strictSame(done(), ['a.csv', 'b.csv'], 'for a minute')
  await remove.stop()
  t.strictSame(remove.who.sort(), ['me', 'you'])
})

for (const after of ['move', 'delete'] as const) {
  t.test(`a writer that pauses for longer than settle (${after})`, async (t) => {
    const folder = t.testdir({})
    const run = new Run(folder, { after }).start()
    const written = openSync(join(folder, 'slow.csv'), 'w')
    t.teardown(() => closeSync(written))
    writeSync(written, header + row('first'))
    await run.until(() => !existsSync(join(folder, 'slow.csv')))
    writeSync(written, row('second'))
    await run.until(() => run.who.includes('second'))
    await run.until(() => !existsSync(join(folder, 'slow.csv')))
    writeSync(written, row('third'))
    await run.until(() => run.who.includes('third'))
    // The name in done is taken before the file is there, and the old one is set aside there.
    await run.until(() => !existsSync(join(folder, 'slow.csv')))
    await run.until(() => readdirSync(join(folder, 'done')).join() === 'slow.csv')
    t.strictSame(new Set(run.who), new Set(['first', 'second', 'third']))
    writeSync(written, row('fourth'))
    await run.stop()
    t.ok(existsSync(join(folder, 'slow.csv')), 'looked at once more at the end')
    t.match(run.notices.at(-1), {
      level: 'warn',
      code: 'file-changed',
      message: /^slow\.csv was written to after it had been read: it is read again; .* \.tmp /,
    })
    run.start()
    await run.until(() => run.who.includes('fourth'))
    await run.stop()
  })
}

t.test('rows that a slow writer adds while nobody looks', async (t) => {
  const folder = t.testdir({ 'still.csv': header + row('still') })
  const run = new Run(folder).start()
  const written = openSync(join(folder, 'slow.csv'), 'w')
  t.teardown(() => closeSync(written))
  writeSync(written, header + row('first'))
  await run.until(() => existsSync(join(folder, 'done', 'slow.csv')))
  await run.until(() => existsSync(join(folder, 'done', 'still.csv')))
  await run.stop()
  writeSync(written, row('second'))
  run.start()
  await run.until(() => run.who.includes('second'))
  await run.until(() => !existsSync(join(folder, 'slow.csv')))
  await run.stop()
  t.match(
    run.notices.map(({ message }) => message),
    [/^slow\.csv in .* may have been written to/],
  )
})

t.test('a file that is written to while others are read', async (t) => {
  const folder = t.testdir({})
  const run = new Run(folder, { watch: 'poll' }).start()
  const writers = [0, 1, 2, 3, 4, 5, 6].map((number) => {
    const written = openSync(join(folder, `${number}.csv`), 'w')
    t.teardown(() => closeSync(written))
    writeSync(written, `${header}${row(`a${number}`)}`)
    return written
  })
  await run.until(() => run.who.length === 7)
  for (const [number, written] of writers.entries()) writeSync(written, row(`b${number}`))
  await run.until(() => new Set(run.who).size === 14)
  await run.stop()
  t.equal(run.failure, undefined)
})

t.test('a file that ends the thread takes no other one along for ever', async (t) => {
  const folder = t.testdir({})
  for (const name of ['a', 'b', 'c', 'd']) {
    writeFileSync(join(folder, `${name}.csv`), header + row(name))
  }
  const thread = ReadingThread.prototype
  const read = Object.getOwnPropertyDescriptor(thread, 'read')?.value as typeof thread.read
  t.teardown(() => (thread.read = read))
  thread.read = function (this: ReadingThread, files) {
    const isFatal = files.some(({ path }) => Buffer.from(path).toString().endsWith('/b.csv'))
    const reading = read.call(this, files)
    // At once: the thread could be done with so few rows otherwise.
    if (isFatal) void this.stop()
    return reading
  }
  const run = new Run(folder, { watch: 'poll' }).start()
  await run.until(() => run.notices.length > 1 && run.who.length === 3)
  await run.until(() => readdirSync(folder).length === 2)
  await run.stop()
  t.strictSame(run.who.sort(), ['a', 'c', 'd'])
  t.match(
    run.notices.map(({ message }) => message),
    ['the reading was ended', 'b.csv: the reading was ended'],
  )
})

t.test('done cannot be written', async (t) => {
  const folder = t.testdir({
    'a.csv': header + row('me'),
    'b.csv': header + row('you'),
    blocked: 'a file',
  })
  mkdirSync(join(folder, 'drop'))
  for (const name of ['a.csv', 'b.csv']) renameSync(join(folder, name), join(folder, 'drop', name))
  const done = join(folder, 'blocked', 'done')
  const run = new Run(join(folder, 'drop'), { done, watch: 'poll' }).start()
  await run.until(() => run.who.length === 2 && run.notices.length > 0)
  await sleep(1500)
  t.match(run.notices, [
    { level: 'error', code: 'write-failed', message: /ENOTDIR.*a part of the/ },
  ])
  t.equal(run.notices.length, 1, 'said once')
  t.equal(run.given, 0, 'and not read again')
  unlinkSync(join(folder, 'blocked'))
  await run.until(() => existsSync(join(done, 'a.csv')) && existsSync(join(done, 'b.csv')))
  await run.stop()
  t.match(run, { who: ['me', 'you'], given: 0 })
})

t.test('the folder', async (t) => {
  const root = t.testdir({})
  const folder = join(root, 'drop')
  const run = new Run(folder, { watch: 'poll' }).start()
  await run.until(() => existsSync(folder))
  rmSync(folder, { recursive: true })
  await t.rejects(
    run.until(() => false),
    'ends when the folder vanishes',
  )
  t.match(run.failure, { code: 'file-unreadable', permanent: false, message: /ENOENT.*mount/ })
  run.failure = undefined
  const orphan = new Run(join(root, 'no', 'drop')).start()
  await t.rejects(orphan.until(() => false))
  t.match(orphan.failure, { code: 'file-unreadable', message: /must exist/ })
  t.throws(() => new Run(root, { done: root }).source, { code: 'config' })
  t.throws(() => new Run(root, { timezone: 'x' }).source, { code: 'config' })
})

t.test('check', async (t) => {
  const root = t.testdir({ drop: { 'a.csv': header, 'b.tmp': '' }, file: '' })
  const steps = async (folder: string, options: Partial<Options> = {}) => {
    const found: string[] = []
    const source = new Run(folder, options).source
    for await (const step of source.check(undefined, new AbortController().signal, false)) {
      found.push(`${step.ok ? 'ok' : 'no'} ${step.name}: ${step.detail}`)
    }
    return found
  }
  t.match(await steps(join(root, 'drop')), [
    /^ok folder: /,
    /^ok file system: .*(watched|polled); a file is taken when it has stood still for 60 ms/,
    /^ok waiting: 1 file$/,
    /^ok done: .* is made when it is needed/,
    /^ok failed: /,
  ])
  t.match(await steps(join(root, 'new')), [
    /^ok folder: .*made at the start/,
    /^ok done/,
    /^ok failed/,
  ])
  t.match((await steps(join(root, 'a', 'b')))[0], /^no folder: .*ENOENT/)
  t.match((await steps(join(root, 'file')))[0], /^no folder: .*name a folder, not a file/)
  const blocked = await steps(join(root, 'drop'), { done: join(root, 'file', 'done') })
  t.match(blocked[3], /^no done: .*ENOTDIR/)
  t.strictSame(readdirSync(root).sort(), ['drop', 'file'], 'nothing is changed')
})

t.test('10,000 files, in order of age', async (t) => {
  const folder = t.testdir({})
  const oldestFirst = Array.from({ length: 10_000 }, (_, index) => `u${9999 - index}`)
  for (let index = 0; index < 10_000; index += 1) {
    const file = join(folder, `${index}.csv`)
    writeFileSync(file, header + row(`u${index}`))
    utimesSync(file, 1_700_000_000, 1_700_000_000 - index)
  }
  const run = new Run(folder).start()
  await run.until(() => run.who.length === 10_000 && readdirSync(folder).length === 1)
  await run.stop()
  t.strictSame(run.who, oldestFirst)
  t.equal(run.given, 0)
  t.equal(readdirSync(join(folder, 'done')).length, 10_000)
})

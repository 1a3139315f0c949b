import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { timelineText } from '../../src/timeline/content.ts'
import type { Torn } from '../../src/timeline/content.ts'

async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(bytes: Buffer, size = 1000): Promise<{ text: string; torn?: Torn }> {
  const parts: Buffer[] = []
  let torn: Torn | undefined
  for await (const piece of timelineText(chunked(bytes, size))) {
    if (Buffer.isBuffer(piece)) parts.push(piece)
    else torn = piece
  }
  return { text: Buffer.concat(parts).toString(), ...(torn && { torn }) }
}

/** Lines that do not pack well. */
const lines = Array.from(
  { length: 3000 },
  (_, index) => `${index} ${randomBytes(12).toString('hex')} é\n`,
)
const text = lines.join('')

t.test('plain, packed, and in UTF-16', async (t) => {
  const forms: Record<string, Buffer> = {
    plain: Buffer.from(text),
    mark: Buffer.from(`\ufeff${text}`),
    gzip: gzipSync(text),
    'gzip with a mark': gzipSync(`\ufeff${text}`),
    'two members': Buffer.concat([gzipSync(text.slice(0, 5000)), gzipSync(text.slice(5000))]),
    'zero bytes after it': Buffer.concat([gzipSync(text), Buffer.alloc(3000)]),
    'UTF-16LE': Buffer.from(`\ufeff${text}`, 'utf16le'),
    'UTF-16BE': Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    'UTF-16LE without a mark': Buffer.from(text, 'utf16le'),
    'UTF-16LE packed': gzipSync(Buffer.from(`\ufeff${text}`, 'utf16le')),
  }
  for (const [name, bytes] of Object.entries(forms)) {
    for (const size of [61, 1000, 1_000_000]) {
      if (size === 61 && name.startsWith('UTF-16LE')) continue
      const got = await read(bytes, size)
      t.equal(got.text === text, true, `${name}, ${size} bytes at a time`)
      t.equal(got.torn, undefined)
    }
  }
  t.strictSame(await read(Buffer.alloc(0)), { text: '' })
  t.strictSame(await read(Buffer.from('x')), { text: 'x' })
  t.strictSame(await read(gzipSync('')), { text: '' })
})

t.test('two members that end where a chunk does', async (t) => {
  const [one, two] = [gzipSync('one\n'), gzipSync('two\n')]
  const chunks = async function* () {
    yield one
    yield two
  }
  const parts: string[] = []
  for await (const piece of timelineText(chunks())) {
    if (Buffer.isBuffer(piece)) parts.push(piece.toString())
  }
  t.equal(parts.join(''), 'one\ntwo\n')
})

t.test('torn data gives what was read before, in whole lines', async (t) => {
  const packed = gzipSync(text)
  for (const cut of [packed.length - 1, packed.length - 9, 40_000, 20_000, 8192, 500]) {
    const got = await read(packed.subarray(0, cut))
    t.match(got.torn?.reason, 'ends in the middle of its packed data')
    const rest = got.torn?.rest.toString() ?? ''
    t.ok(text.startsWith(got.text + rest), `cut at ${cut}`)
    t.ok(got.text === '' || got.text.endsWith('\n'))
    t.notMatch(rest, '\n')
    const share = (got.text.length + rest.length) / text.length
    t.ok(share > (cut / packed.length) * 0.9 - 0.02, `most of it: ${share} of ${cut}`)
  }
  for (const cut of [2, 5, 10]) {
    const got = await read(packed.subarray(0, cut))
    t.match(got, { text: '', torn: { reason: /^ends in/ } }, `cut at ${cut}`)
  }
})

t.test('damaged data, and what is no gzip after it', async (t) => {
  const damaged = gzipSync(text)
  damaged.fill(0xff, 30_000, 30_100)
  const got = await read(damaged)
  t.match(got.torn?.reason, /^is damaged \(.+\)$/)
  t.equal(got.text.slice(0, 30_000) === text.slice(0, 30_000), true, 'what was before the damage')
  const checksum = gzipSync(text)
  checksum.fill(0, checksum.length - 8)
  t.match((await read(checksum)).torn?.reason, /incorrect data check/)
  for (const tail of ['more', '\0\0more', '\0'.repeat(20_000) + 'more']) {
    const more = await read(Buffer.concat([gzipSync(text), Buffer.from(tail)]))
    const missing = text.length - more.text.length
    t.ok(text.startsWith(more.text) && missing < 20_000, JSON.stringify(tail.slice(0, 10)))
    t.ok(more.torn)
  }
})

t.test('memory is bounded, whatever it unpacks to', async (t) => {
  const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024))
  let length = 0
  let most = 0
  const before = process.memoryUsage()
  for await (const piece of timelineText(chunked(bomb, 256 * 1024))) {
    if (Buffer.isBuffer(piece)) length += piece.length
    most = Math.max(most, process.memoryUsage.rss())
  }
  t.equal(length, 300 * 1024 * 1024)
  t.ok(most - before.rss < 150 * 1024 * 1024, `${most - before.rss} bytes more`)
})

t.test('what its bytes throw goes through', async (t) => {
  const packed = gzipSync(text)
  const failing = async function* () {
    yield packed.subarray(0, 3000)
    throw new Error('the disk is gone')
  }
  const pieces = timelineText(failing())
  await t.rejects(async () => {
    while ((await pieces.next()).done !== true);
  }, /the disk is gone/)
})

t.test('it may be left in the middle', async (t) => {
  let closed = false
  const endless = async function* () {
    try {
      const packed = gzipSync(text)
      for (;;) yield packed
    } finally {
      closed = true
    }
  }
  const pieces = timelineText(endless())
  await pieces.next()
  await pieces.return(undefined)
  t.equal(closed, true)
})

t.test('a long line that was cut is no line', async (t) => {
  const packed = gzipSync(`one\n${randomBytes(2 * 1024 * 1024).toString('base64')}`)
  const { text, torn } = await read(packed.subarray(0, -200_000))
  t.equal(text, 'one\n')
  t.ok((torn?.rest.length ?? 0) > 1024 * 1024)
})

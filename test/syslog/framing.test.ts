import fc from 'fast-check'
import t from 'tap'
import { chunkBytes, frame, frameBlock } from '../../src/syslog/framing.ts'
import { Headers } from '../../src/syslog/message.ts'
import type { Framing } from '../../src/syslog/receivers.ts'
import { Messages } from '../../src/syslog/wire.ts'
import { blockOf, cefLine, recorder } from '../helpers/sink.ts'

const messages = new Messages({
  headers: new Headers({
    format: 'rfc3164',
    facility: 20,
    hostname: 'auditor',
    appName: 'cefline',
    timezone: 'UTC',
  }),
  wire: {
    format: 'rfc3164',
    framing: 'lf',
    maxBytes: 9_999_999,
    lengths: false,
    equals: 'escape',
    clashes: 'keep',
  },
  time: 'event',
  place: 'destinations.siem',
})
const head = '<164>Jan  8 11:07:53 auditor '

function framed(lines: string[], framing: Framing): Buffer[] {
  const { reject } = recorder()
  return frameBlock(blockOf(1, lines), messages, framing, reject)
}

/** Reads frames back, as RFC 6587 tells a receiver to. */
function unframed(bytes: Buffer, framing: Framing): string[] {
  const found: string[] = []
  for (let at = 0; at < bytes.length;) {
    let end: number
    if (framing === 'octet-counting') {
      const space = bytes.indexOf(0x20, at)
      const count = bytes.toString('latin1', at, space)
      t.match(count, /^[1-9][0-9]*$/)
      end = space + 1 + Number(count)
      found.push(bytes.toString('utf8', space + 1, end))
      at = end
    } else {
      end = bytes.indexOf(framing === 'lf' ? 10 : 0, at)
      found.push(bytes.toString('utf8', at, end))
      at = end + 1
    }
  }
  return found
}

t.test('the three framings', (t) => {
  const line = cefLine(1, 'ä')
  const length = Buffer.byteLength(head + line)
  t.equal(framed([line], 'lf').join(''), `${head}${line}\n`)
  t.equal(framed([line], 'nul').join(''), `${head}${line}\0`)
  t.equal(framed([line], 'octet-counting').join(''), `${length} ${head}${line}`)
  for (const framing of ['lf', 'nul', 'octet-counting'] as const) {
    t.same(frame(Buffer.from(head + line), framing), Buffer.concat(framed([line], framing)))
  }
  t.end()
})

t.test('what is framed is read back, whatever the lengths', (t) => {
  const lengths = fc.oneof(
    fc.integer({ min: 0, max: 120 }),
    fc.constantFrom(900, 901, 9900, 99_900, 200_000),
  )
  const framing = fc.constantFrom<Framing>('lf', 'nul', 'octet-counting')
  fc.assert(
    fc.property(fc.array(lengths, { maxLength: 20 }), framing, (lengths, framing) => {
      const lines = lengths.map((length, index) => cefLine(index, `é${'x'.repeat(length)}`))
      const chunks = framed(lines, framing)
      t.same(
        unframed(Buffer.concat(chunks), framing),
        lines.map((line) => head + line),
      )
      // Each chunk is whole frames by itself, so that a connection can be closed between two.
      t.equal(chunks.flatMap((chunk) => unframed(chunk, framing)).length, lines.length)
    }),
    { numRuns: 40 },
  )
  t.end()
})

t.test('chunks are of the size that costs the fewest calls', (t) => {
  const lines = Array.from({ length: 3000 }, (_, index) => cefLine(index, 'x'.repeat(100)))
  const chunks = framed(lines, 'lf')
  t.ok(chunks.length > 3)
  for (const chunk of chunks.slice(0, -1)) t.ok(chunk.length > chunkBytes - 1000)
  t.same(framed([], 'lf'), [])
  t.end()
})

import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import {
  frame,
  FrameReader,
  largestData,
  nextTransaction,
  offers,
  readOffers,
  statusOf,
  textOf,
  writeHead,
} from '../../src/syslog/relp.ts'

interface Seen {
  transaction: number
  command: string
  data: string
}

/** Everything the reader makes of these pieces. */
function read(...pieces: (string | Buffer)[]): Seen[] {
  const seen: Seen[] = []
  const reader = new FrameReader()
  for (const piece of pieces) {
    reader.read(Buffer.from(piece), (transaction, command, bytes, start, end) => {
      seen.push({ transaction, command, data: bytes.toString('latin1', start, end) })
    })
  }
  return seen
}

t.test('frames as the specification has them', async (t) => {
  t.equal(frame(2, 'syslog', Buffer.from('<13>é')).toString(), '2 syslog 6 <13>é\n')
  t.equal(frame(999_999_999, 'close').toString(), '999999999 close 0\n', 'no data, no space')
  t.equal(
    frame(1, 'open', offers).toString(),
    `1 open ${offers.length} relp_version=0\nrelp_software=cefline\ncommands=syslog\n`,
  )
  const out = Buffer.alloc(40)
  for (const [transaction, length] of [
    [1, 1],
    [10, 99],
    [999_999_999, largestData],
  ] as const) {
    const end = writeHead(out, 3, transaction, length)
    t.equal(out.toString('latin1', 3, end), `${transaction} syslog ${length} `)
  }
})

t.test('transactions are numbered from 1 to 999999999, then from 1', async (t) => {
  t.equal(nextTransaction(1), 2)
  t.equal(nextTransaction(999_999_998), 999_999_999)
  t.equal(nextTransaction(999_999_999), 1)
})

t.test('what a server sends', async (t) => {
  const rsp = (transaction: number, data: string) => ({ transaction, command: 'rsp', data })
  t.same(read('1 rsp 6 200 OK\n2 rsp 6 200 OK\n'), [rsp(1, '200 OK'), rsp(2, '200 OK')])
  t.same(read('7 rsp 0\n8 rsp 0 \n'), [rsp(7, ''), rsp(8, '')], 'without data; SP is let pass')
  t.same(read('0 serverclose 0\n'), [{ transaction: 0, command: 'serverclose', data: '' }])
  t.same(read('1 rsp 8 200\n\n\n\n1\n'), [rsp(1, '200\n\n\n\n1')], 'line feeds in data are data')
  t.same(read('1 rsp 6 200 OK', '\n2 rsp 6 2', '00 OK\n'), [rsp(1, '200 OK'), rsp(2, '200 OK')])
  const large = 'x'.repeat(largestData)
  t.same(read(`1 rsp ${largestData} ${large}\n`), [rsp(1, large)])
  t.same(read('1 rsp 6 200 O'), [], 'not complete')
})

t.test('what is no RELP is seen at its first wrong byte', async (t) => {
  for (const [name, sent] of [
    ['HTTP', 'H'],
    ['a TLS alert', '\x15'],
    ['an empty line', '\n'],
    ['no number', ' '],
    ['a number of ten digits', '1000000000'],
    ['a command with a digit', '1 rsp2'],
    ['no command', '1  '],
    ['a command of 33 letters', `1 ${'a'.repeat(33)}`],
    ['no length', '1 rsp \n'],
    ['a length that is no number', '1 rsp -'],
    ['more data than the protocol allows', `1 rsp ${largestData + 1}`],
    ['zeros without end', '1 rsp 0000000000'],
    ['data and no space', '1 rsp 6\n'],
    ['longer data than told', '1 rsp 6 200 OK!'],
    ['data in spite of 0', '1 rsp 0 x'],
  ] as const) {
    const message = /^sent “.*”, which is no RELP$/
    t.throws(() => read(sent), { code: 'bad-answer', message }, name)
    const before = () => read(sent.slice(0, -1))
    t.doesNotThrow(before, `${name}: not before`)
  }
  t.throws(() => read('1 rsp 6 200 OK\n\x1b[2Jgarbage'), { message: /“\\x1b\[2Jgarbage”/ })
})

t.test('frames survive any cutting into pieces', async () => {
  const command = fc.constantFrom('rsp', 'serverclose', 'a', 'z'.repeat(32), 'RSP')
  const data = fc.oneof(
    fc.constant('200 OK'),
    fc.string({ unit: 'binary-ascii', maxLength: 60 }),
    fc.constant('500 \n\n 1 rsp 0\n'),
  )
  const frames = fc.array(
    fc.record({ transaction: fc.nat(999_999_999), command, data }, { noNullPrototype: true }),
  )
  fc.assert(
    fc.property(
      frames,
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      (all, sizes) => {
        const bytes = Buffer.from(
          all
            .map(({ transaction, command, data }) =>
              data === ''
                ? `${transaction} ${command} 0\n`
                : `${transaction} ${command} ${data.length} ${data}\n`,
            )
            .join(''),
          'latin1',
        )
        return isDeepStrictEqual(read(...cut(bytes, sizes)), all)
      },
    ),
  )
})

t.test('any bytes in any pieces: frames or an error, the same however they are cut', async () => {
  const likely = fc.constantFrom('1', '0', ' ', '\n', 'rsp', '6', '200 OK', '131072', 'x', '\xff')
  const noise = fc.array(fc.oneof({ weight: 9, arbitrary: likely }, fc.string()), { maxLength: 30 })
  fc.assert(
    fc.property(
      noise,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (parts, sizes) => {
        const bytes = Buffer.from(parts.join(''), 'latin1')
        return isDeepStrictEqual(outcome(cut(bytes, sizes)), outcome([bytes]))
      },
    ),
  )
})

/** Frames until the end, or until what is no RELP. */
function outcome(pieces: Buffer[]): { seen: number[]; failed: boolean } {
  const seen: number[] = []
  const reader = new FrameReader()
  try {
    for (const piece of pieces) {
      reader.read(piece, (transaction, command, _bytes, start, end) => {
        seen.push(transaction, command.length, end - start)
      })
    }
  } catch {
    return { seen, failed: true }
  }
  return { seen, failed: false }
}

function cut(bytes: Buffer, sizes: number[]): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0, piece = 0; at < bytes.length; piece += 1) {
    const end = at + (sizes[piece % sizes.length] ?? 1)
    // A copy: what lies behind a piece must not be looked at.
    pieces.push(Buffer.from(bytes.subarray(at, end)))
    at = end
  }
  return pieces
}

t.test('an answer: status, text, offers', async (t) => {
  const whole = <T>(what: (bytes: Buffer, start: number, end: number) => T, text: string) => {
    const bytes = Buffer.from(`__${text}__`)
    return what(bytes, 2, bytes.length - 2)
  }
  for (const [text, status] of [
    ['200 OK', 200],
    ['200', 200],
    ['200\nrelp_version=0', 200],
    ['500 error', 500],
    ['', 0],
    ['20', 0],
    ['2000', 0],
    ['OK', 0],
    ['+20 x', 0],
  ] as const) {
    t.equal(whole(statusOf, text), status, JSON.stringify(text))
  }
  t.equal(whole(textOf, '500 no \x1b[31mroom\nmore'), '500 no \\x1b[31mroom')
  t.equal(whole(textOf, `500 ${'é'.repeat(3000)}`).length, 201)
  t.same(
    whole(
      readOffers,
      '200 OK\nrelp_version=0\nrelp_software=librelp,1.11.0,http://x\ncommands=syslog,a\n',
    ),
    new Map([
      ['relp_version', ['0']],
      ['relp_software', ['librelp', '1.11.0', 'http://x']],
      ['commands', ['syslog', 'a']],
      ['', []],
    ]),
  )
  t.equal(whole(readOffers, '500 no').size, 0)
})

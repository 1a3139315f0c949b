import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { decode } from '../../src/cef/decode.ts'
import { dictionary, headerLengths } from '../../src/cef/dictionary.ts'
import { encode } from '../../src/cef/encode.ts'
import type { CefEvent } from '../../src/cef/event.ts'
import type { FitOptions } from '../../src/cef/fit.ts'
import { fit } from '../../src/cef/fit.ts'
import { joinLine, splitLine } from '../../src/cef/split.ts'
import { anEvent, anyText, eventOf } from '../helpers/cef-events.ts'

const asIs: FitOptions = { lengths: false, equals: 'escape' }
const header = 'CEF:0|Netwrix|Active Directory|1.0|Added|Added user|5|'
const lineOf = (extension: CefEvent['extension']) => encode({ ...anEvent, extension })
const keysOf = (line: string) => decode(line)?.extension.map(([key]) => key)

t.test('nothing to do gives the line', async (t) => {
  const line = lineOf([['msg', 'a=b']])
  t.strictSame(fit(line, { ...asIs, maxBytes: line.length }), { line, cut: [] })
  t.strictSame(fit(line, asIs), { line, cut: [] })
})

t.test('a line that is not CEF comes back as it is', async (t) => {
  t.strictSame(fit('no=CEF at all', { ...asIs, lengths: true, maxBytes: 3 }), {
    line: 'no=CEF at all',
    cut: [],
  })
})

t.test('one huge text is cut and the others stay', async (t) => {
  const line = lineOf([
    ['suser', 'b'],
    ['msg', 'x'.repeat(5_000)],
    ['cs6', 'after'],
    ['cs6Label', 'After'],
    ['AcmeX', 'y'],
  ])
  const fitted = fit(line, { ...asIs, maxBytes: 1_000 })
  t.equal(Buffer.byteLength(fitted.line), 1_000)
  t.strictSame(fitted.cut, ['msg'])
  t.strictSame(keysOf(fitted.line), ['suser', 'msg', 'cs6', 'cs6Label', 'AcmeX'])
  t.match(fitted.line, 'x[cut] cs6=after')
})

t.test('of several long texts the least important is cut first', async (t) => {
  const long = 'x'.repeat(500)
  const line = lineOf([
    ['msg', long],
    ['cs5', long],
    ['cs6', long],
    ['AcmeX', long],
  ])
  const cutTo = (maxBytes: number) => fit(line, { ...asIs, maxBytes }).cut
  t.strictSame(cutTo(line.length - 1), ['AcmeX'])
  t.strictSame(cutTo(line.length - 245), ['AcmeX', 'cs6'])
  t.strictSame(cutTo(line.length - 489), ['AcmeX', 'cs6', 'cs5'])
  t.strictSame(cutTo(line.length - 733), ['AcmeX', 'cs6', 'cs5', 'msg'])
})

t.test('a label goes with what it labels, and the six keys go last', async (t) => {
  const line = lineOf([
    ['shost', 'h'],
    ['cat', 'c'],
    ['suser', 's'],
    ['filePath', 'p'],
    ['start', 'Mar 28 2017 14:01:48 GMT'],
    ['msg', 'm'],
    ['rt', 1_490_709_708_000],
    ['cs5', 'before'],
    ['cs5Label', 'Before'],
    ['act', 'Added'],
  ])
  const { cut } = fit(line, { ...asIs, maxBytes: header.length })
  t.strictSame(cut, ['cs5', 'msg', 'act', 'filePath', 'suser', 'cat', 'shost', 'rt', 'start'])
  t.strictSame(keysOf(fit(line, { ...asIs, maxBytes: line.length - 20 }).line), [
    ...['shost', 'cat', 'suser', 'filePath', 'start', 'msg', 'rt', 'act'],
  ])
})

t.test('a huge header is cut before the keys are left out', async (t) => {
  const line = encode({ ...anEvent, name: 'n'.repeat(5_000), extension: [['act', 'Added']] })
  const fitted = fit(line, { ...asIs, maxBytes: 500 })
  t.strictSame(fitted.cut, ['name'])
  t.strictSame(keysOf(fitted.line), ['act'])
  t.equal(fit(line, { ...asIs, maxBytes: 0 }).line, 'CEF:0|-|-|-|-|-|5|')
})

t.test('lengths are those of the dictionary, without escapes', async (t) => {
  const line = encode({
    ...anEvent,
    vendor: 'v'.repeat(64),
    extension: [
      ['act', '\\'.repeat(64)],
      ['outcome', '='.repeat(63)],
      ['cs1', 'x'.repeat(4_001)],
    ],
  })
  const fitted = fit(line, { ...asIs, lengths: true })
  t.strictSame(fitted.cut, ['deviceVendor', 'act', 'cs1'])
  t.equal(decode(fitted.line)?.vendor, `${'v'.repeat(58)}[cut]`)
  const values = new Map(decode(fitted.line)?.extension)
  t.equal(values.get('act'), `${'\\'.repeat(58)}[cut]`)
  t.equal(values.get('outcome'), '='.repeat(63))
  t.equal(values.get('cs1')?.length, 4_000)
})

t.test('substitutes stand for what splits a value elsewhere', async (t) => {
  const line = lineOf([
    ['msg', 'user=bob \\ a\nfwd CEF:0|a| CEF: 1|'],
    ['cs1', 'CEF:x'],
  ])
  t.strictSame(fit(line, { ...asIs, equals: 'substitute' }), {
    line: `${header} msg=user＝bob \\\\ a\\nfwd CEF：0|a| CEF： 1| cs1=CEF:x`,
    cut: [],
  })
})

t.test('a substitute counts with the bytes it has', async (t) => {
  const line = lineOf([['msg', '='.repeat(100)]])
  const fitted = fit(line, { ...asIs, equals: 'substitute', maxBytes: line.length })
  t.ok(Buffer.byteLength(fitted.line) <= line.length)
  t.strictSame(fitted.cut, ['msg'])
})

t.test('IPv6 moves where chapter 3 has a place for it', async (t) => {
  const line = lineOf([
    ['src', '2001:db8::1'],
    ['dst', '10.0.0.1'],
    ['sourceTranslatedAddress', '::1'],
    ['msg', 'm'],
  ])
  t.equal(fit(line, asIs).line, line)
  t.equal(
    fit(line, { ...asIs, address: 'ipv4' }).line,
    `${header} c6a2=2001:db8::1 c6a2Label=Source IPv6 Address dst=10.0.0.1 CeflineSourceTranslatedAddress=::1 msg=m`,
  )
  const taken = lineOf([
    ['src', '::1'],
    ['c6a2', '::2'],
  ])
  t.equal(fit(taken, { ...asIs, address: 'ipv4' }).line, `${header} CeflineSrc=::1 c6a2=::2`)
})

t.test('whatever the event, the fitted line is valid and within its bytes', async () => {
  const smallest = 'CEF:0|-|-|-|-|-|10|'.length
  fc.assert(
    fc.property(
      eventOf(
        fc.oneof(
          anyText,
          anyText.map((text) => text.repeat(20)),
        ),
      ),
      fc.integer({ min: smallest, max: 2_000 }),
      fc.boolean(),
      fc.constantFrom('escape' as const, 'substitute' as const),
      (event, maxBytes, lengths, equals) => {
        const line = encode(event)
        const fitted = fit(line, { maxBytes, lengths, equals })
        assert.ok(Buffer.byteLength(fitted.line) <= maxBytes)
        assert.equal(Buffer.from(fitted.line).toString(), fitted.line)
        const parts = splitLine(fitted.line)
        assert.ok(parts !== undefined && joinLine(parts) === fitted.line)
        for (const [, raw] of parts.pairs) assert.match(raw, /^(?:[^\\=]|\\[\\=n])+$/)
        const before = new Map(splitLine(line)?.pairs)
        const after = new Map(parts.pairs)
        for (const [key, raw] of before) {
          const gone = after.get(key) === undefined || after.get(key)?.endsWith('[cut]')
          if (!fitted.cut.includes(key) && equals === 'escape') assert.equal(after.get(key), raw)
          if (fitted.cut.includes(key)) assert.ok(gone, key)
        }
        assert.ok([...after.keys()].every((key) => before.has(key)))
        // Fitting again changes nothing.
        assert.equal(fit(fitted.line, { maxBytes, lengths, equals }).line, fitted.line)
      },
    ),
    { numRuns: 500 },
  )
})

t.test('with lengths no field is longer than the dictionary says', async () => {
  fc.assert(
    fc.property(eventOf(anyText.map((text) => text.repeat(60))), (event) => {
      const read = decode(fit(encode(event), { ...asIs, lengths: true }).line)
      assert.ok(read !== undefined)
      assert.ok(read.vendor.length <= headerLengths.deviceVendor)
      assert.ok(read.name.length <= headerLengths.name)
      for (const [key, value] of read.extension) {
        assert.ok(value.length <= (dictionary.get(key)?.length ?? Infinity))
      }
    }),
    { numRuns: 200 },
  )
})

t.test('Cado’s keys that clash are renamed before the line is cut', async (t) => {
  const start = 'CEF:0|CadoSecurity|CadoResponse|1.0.2|0|Creation Time|1|'
  const long = 'x'.repeat(500)
  const line = `${start} extra=${long} notes=${long} type=Creation Time eventId=Q5FB msg=${long}`
  const { line: fitted, cut } = fit(line, { ...asIs, maxBytes: 700, clashes: 'rename' })
  t.strictSame(cut, ['extra', 'notes', 'msg'])
  t.strictSame(keysOf(fitted), ['extra', 'notes', 'CadoResponseType', 'CadoResponseEventId', 'msg'])
  t.ok(Buffer.byteLength(fitted) <= 700)
  const { line: shortest } = fit(line, { ...asIs, maxBytes: 130, clashes: 'rename' })
  t.strictSame(keysOf(shortest), ['CadoResponseType', 'CadoResponseEventId', 'msg'])
  t.equal(fit(line, { ...asIs, clashes: 'keep' }).line, line)
})

/**
 * The oracle's own parts: chance, payloads, the book, and what counts as a receiver's own loss.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Book } from './book.ts'
import { Frames } from './own/frames.ts'
import { ownLoss, readJournal } from './own-loss.ts'
import { readArrival, ridOf, textOf, whatOf } from './payload.ts'
import { Deck, Random } from './random.ts'

t.test('a seed repeats, and its forks do not depend on each other', async (t) => {
  const draws = (random: Random) => Array.from({ length: 5 }, () => random.between(0, 1000))
  t.same(draws(new Random('a')), draws(new Random('a')))
  t.not(draws(new Random('a')).join(), draws(new Random('b')).join())
  const used = new Random('a')
  used.next()
  t.same(draws(used.fork('x')), draws(new Random('a').fork('x')))
  const deck = new Deck(['a', 'b', 'c'], new Random('deck'))
  t.same([deck.draw(), deck.draw(), deck.draw()].sort(), ['a', 'b', 'c'])
})

/** An alert as Cefline sends it. */
function alert(key: string, externalId = '1', text = textOf(key)): string {
  const escape = (value: string) =>
    value.replace(/[\\=]/g, (character) => `\\${character}`).replaceAll('\n', '\\n')
  const fields = {
    ...{ filePath: whatOf(key), suser: `ENTERPRISE\\${key}`, act: 'Modified', cat: 'group' },
    ...{ shost: 'dc1', rt: String(Date.UTC(2026, 10, 1, 10)) },
    msg: text,
    externalId,
    deviceFacility: 'Netwrix Auditor alert',
    cs1: ridOf(key),
  }
  const extension = Object.entries(fields).map(([name, value]) => `${name}=${escape(value)}`)
  return `CEF:0|Netwrix|AD \\| x|1.0|Modified|x|7| ${extension.join(' ')}`
}

t.test('what arrives is judged by itself', async (t) => {
  t.match(readArrival(alert('a7', 'id')), { key: 'a7', externalId: 'id', digest: /^.{12}$/ })
  t.match(readArrival(alert('a7', 'id', textOf('a8'))), /^a7: msg is/)
  t.match(readArrival(alert('r7', 'id')), /^r7: externalId is/)
  t.equal(readArrival('nothing'), 'no CEF')
  t.match(readArrival(alert('x7')), /no key/)
})

t.test('the book', async (t) => {
  const book = new Book()
  for (const key of ['a1', 't2', 'a3']) book.give(key)
  for (const line of [alert('a1'), alert('a1'), alert('t2', '1')]) book.read(line)
  t.same([...book.missing], ['t2', 'a3'], 'of two rows that are alike one is not enough')
  t.same([book.given, book.arrived, book.duplicates], [4, 2, 1])
  book.read(alert('t2', '2'))
  t.same([...book.missing], ['a3'])
  t.same(book.wrong, [])
  book.read(alert('a1', '2'))
  book.read(alert('a9'))
  book.read(alert('a1').replace('AD', 'XX'))
  t.match(book.wrong.pop(), /not the same when it came again: a1/)
  t.match(book.wrong, [/one event as two: a1/, /never given: a9/])
})

t.test('only a receipt close to an outage explains a loss by the receiver', async (t) => {
  const journal = join(t.testdir(), 'journal')
  writeFileSync(journal, '20000 siem q 1\n20000 absent q 9\n40000 siem q 2\n60000 siem q 3\n')
  const receipts = readJournal(journal, 'siem')
  const places = new Map(
    [1, 2, 3, 4].map((sequence) => [`a${sequence}`, [{ queue: 'q', sequence, externalId: '1' }]]),
  )
  const outages = [{ at: 41_000, until: 42_000 }]
  t.same(ownLoss(['a1', 'a2', 'a3', 'a4', 'a5'], places, receipts, outages), ['a2'])
  t.same(readJournal(`${journal}.none`, 'siem').size, 0)
})

t.test('our own receiver stores whole messages only', async (t) => {
  let stored = ''
  const frames = new Frames((lines) => (stored += lines))
  const message = '<1>1 - - - - - - CEF:0|é'
  const frame = Buffer.from(`${Buffer.byteLength(message)} ${message}`)
  for (const byte of Buffer.concat([frame, frame])) frames.add(Buffer.from([byte]))
  frames.add(frame.subarray(0, -1))
  t.equal(stored, 'CEF:0|é\nCEF:0|é\n')
  new Frames((lines) => (stored = lines)).add(Buffer.from('no count '))
  t.match(stored, /^no frame: "no count "/)
})

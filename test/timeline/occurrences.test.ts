import { createHash } from 'node:crypto'
import t from 'tap'
import { Occurrences } from '../../src/timeline/occurrences.ts'

const keyOf = (number: number) => createHash('sha256').update(`${number}`).digest().subarray(0, 16)

t.test('counts what came before', async (t) => {
  const occurrences = new Occurrences()
  t.strictSame(
    [1, 2, 1, 1, 3, 2].map((number) => occurrences.next(keyOf(number))),
    [0, 0, 1, 2, 0, 1],
  )
})

t.test('a first part of nought is a key like any other', async (t) => {
  const occurrences = new Occurrences()
  t.equal(occurrences.next(Buffer.alloc(16)), 0)
  t.equal(occurrences.next(Buffer.alloc(16)), 1)
})

t.test('the last 131,072 keys are remembered', async (t) => {
  const occurrences = new Occurrences()
  const key = Buffer.alloc(16)
  const next = (number: number) => {
    // Pairs that differ in their second part only.
    key.writeUInt32LE(Math.imul(number >>> 1, 2_654_435_761) >>> 0, 0)
    key.writeUInt32LE(number, 4)
    return occurrences.next(key)
  }
  let counted = 0
  for (let number = 0; number < 128 * 1024; number += 1) counted += next(number)
  t.equal(counted, 0, 'no one is taken for another')
  t.equal(next(0), 1, 'the oldest of them is known')
  for (let number = 1; number < 128 * 1024; number += 1) counted += next(number)
  t.equal(counted, 128 * 1024 - 1, 'and all others')
  for (let number = 200_000; number < 500_000; number += 1) next(number)
  t.equal(next(0), 0, 'what is long past is forgotten')
})

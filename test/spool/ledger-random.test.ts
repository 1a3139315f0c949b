/**
 * The books under any course of events: appends, receipts that come late, refusals, whole blocks
 * rejected while they are under way, damage, restarts, destinations that go and come.
 */
import t from 'tap'
import type { DestinationReject } from '../../src/core.ts'
import type { LmdbSpool } from '../../src/spool/spool.ts'
import { batchOf, numbered, openAt, rejectOf } from './helpers.ts'
import { flip, flipAt, tamper, zeros } from './tamper.ts'

const names = ['one', 'two', 'three']

/** The same numbers for the same seed (mulberry32). */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides
  }
}

/** What the loop of that name does: hands out blocks and counts what is received of them. */
class Forward {
  readonly #spool: LmdbSpool
  readonly #name: string
  #after: number
  #out: { sequence: number; lines: number; rejects: DestinationReject[] }[] = []

  constructor(spool: LmdbSpool, name: string) {
    this.#spool = spool
    this.#name = name
    this.#after = spool.position(name, 'q')
  }

  take(refused: number): void {
    const block = this.#spool.next('q', this.#after)
    if (!block) return
    const { sequence, count } = block
    const why = { code: 'too-large', reason: '', record: '', time: 0, severity: 0 } as const
    const lines = Array.from({ length: Math.min(refused, count) }, (_, line) => line)
    const rejects = lines.map((line) => ({ queue: 'q', sequence, line, ...why }))
    this.#out.push({ sequence, lines: count - rejects.length, rejects })
    this.#after = sequence
  }

  async receipt(blocks: number): Promise<void> {
    const passed = this.#out.splice(0, blocks)
    const last = passed.at(-1)
    if (!last) return
    const rejects = passed.flatMap((out) => out.rejects)
    await this.#spool.receipts(
      this.#name,
      new Map([['q', { sequence: last.sequence, blocks: passed }]]),
      rejects,
    )
  }
}

async function course(t: Parameters<typeof check>[0], folder: string, seed: number) {
  const roll = dice(seed)
  let reading = names
  const options = () => ({ destinations: new Map(reading.map((name) => [name, ['q']])) })
  let spool = await openAt(folder, options())
  let forwards = new Map(reading.map((name) => [name, new Forward(spool, name)]))
  const begin = () => (forwards = new Map(reading.map((name) => [name, new Forward(spool, name)])))
  const some = () => forwards.get(reading[roll(reading.length)] ?? '')
  let lines = 0
  for (let step = 0; step < 120; step += 1) {
    const what = roll(20)
    if (what < 6) {
      const count = 1 + roll(9)
      const rejects = roll(5) === 0 ? [rejectOf(`r ${step}`)] : []
      await spool.append('q', batchOf(numbered(lines, count), { rejects }))
      lines += count
    } else if (what < 11) some()?.take(roll(4) === 0 ? 2 : 0)
    else if (what < 16) await some()?.receipt(1 + roll(3))
    else if (what < 17) await spool.rejectOldest(reading[roll(reading.length)] ?? '', 'full')
    else if (what < 18) {
      reading = reading.length === 3 ? ['one', 'three'] : names
      spool.configure({
        maxBytes: 1e9,
        remember: { age: 1e9, count: 1e6 },
        queues: ['q'],
        ...options(),
      })
      begin()
    } else {
      const { oldest = 1, newest = 0 } = spool.queues()[0] ?? {}
      await spool.close()
      for (let tries = roll(4); tries > 0 && newest >= oldest; tries -= 1) {
        const sequence = oldest + roll(newest - oldest + 1)
        const damage = [flip, zeros, flipAt(20), flipAt(36)][roll(4)] ?? flip
        await tamper(folder, 'blocks', ['q', sequence], (bytes) => {
          return bytes.length === 0 ? undefined : damage(bytes)
        })
      }
      spool = await openAt(folder, options())
      // As "spool verify" does; else a head that lies is believed until its block is read.
      const all = Array.from({ length: newest - oldest + 1 }, (_, index) => oldest + index)
      await spool.setAside(all.map((sequence) => ({ queue: 'q', sequence, reason: '' })))
      begin()
    }
    if (!check(t, spool, reading, `seed ${seed}, step ${step}, ${what}`)) break
  }
  const [{ lines: kept = 0 } = {}] = spool.queues()
  const lost = spool.damaged().reduce((sum, block) => sum + block.lines, 0)
  t.ok(kept + lost <= lines, `${lost} of ${lines} lines were lost`)
  await spool.close()
}

function check(
  t: { ok(what: unknown, name: string): boolean; fail(name: string): unknown },
  spool: LmdbSpool,
  reading: string[],
  where: string,
): boolean {
  for (const name of reading) {
    for (const books of spool.ledger(name)) {
      const { spooled, received, waiting, refused, damaged } = books
      const least = Math.min(received, waiting, refused, damaged)
      if (spooled === received + waiting + refused + damaged && least >= 0) continue
      t.fail(`${where}: ${name} ${JSON.stringify(books)}`)
      return false
    }
  }
  return true
}

for (let seed = 1; seed <= 12; seed += 1) {
  t.test(`seed ${seed}`, async (t) => course(t, t.testdir(), seed))
}

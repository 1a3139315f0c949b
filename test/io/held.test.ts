import t from 'tap'
import { Held } from '../../src/io/held.ts'
import type { SeenFile } from '../../src/io/settled.ts'

function file(size: number): SeenFile {
  const identity = { dev: 1n, ino: 1n, size: BigInt(size), mtimeNs: 1n }
  return { name: Buffer.from('a'), identity, birthtimeNs: 1n, passedOver: false }
}

t.test('waits grow, for the file as it is', (t) => {
  const held = new Held()
  t.notOk(held.isHeld(file(1), 0))
  held.hold(file(1), false, 0)
  t.ok(held.isHeld(file(1), 999))
  t.notOk(held.isHeld(file(1), 1000))
  held.hold(file(1), true, 1000)
  t.ok(held.isHeld(file(1), 2999))
  t.notOk(held.isHeld(file(1), 3000))
  t.ok(held.wasRead(file(1)))
  t.notOk(held.isHeld(file(2), 1001), 'another content is another file')
  t.notOk(held.wasRead(file(2)))
  for (let tries = 0; tries < 20; tries += 1) held.hold(file(1), true, 0)
  t.notOk(held.isHeld(file(1), 300_000), 'never more than five minutes')
  t.equal(held.why(file(1)), '')
  held.hold(file(1), false, 0, 'locked')
  t.equal(held.why(file(1)), 'locked')
  t.equal(held.why(file(2)), undefined)
  held.release(file(1))
  t.notOk(held.knows(file(1)))
  t.end()
})

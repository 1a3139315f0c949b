import t from 'tap'
import { Unconfirmed } from '../../../src/destinations/syslog/unconfirmed.ts'
import { blockOf, recorder } from '../../helpers/sink.ts'

const block = (sequence: number) => blockOf(sequence, ['CEF:0|'])

t.test('receipts come in order, the newest for all before it', async (t) => {
  const delivery = recorder()
  const unconfirmed = new Unconfirmed(30, (received) => delivery.receipt(received))
  const written = [1, 2, 3].map((sequence) => unconfirmed.add(block(sequence)))
  for (const done of written) done()
  t.same(delivery.receipts, [])
  t.equal(unconfirmed.size, 3)
  await unconfirmed.empty()
  t.equal(delivery.receipts.at(-1), 3)
  t.same(
    delivery.receipts,
    [...delivery.receipts].sort((a, b) => a - b),
  )
})

t.test('a block that the kernel does not have yet holds those after it', async (t) => {
  const delivery = recorder()
  const unconfirmed = new Unconfirmed(10, (received) => delivery.receipt(received))
  const first = unconfirmed.add(block(1))
  const second = unconfirmed.add(block(2))
  first()
  await delivery.received(1)
  t.same(delivery.receipts, [1])
  second()
  await unconfirmed.empty()
  t.same(delivery.receipts, [1, 2])
})

t.test('a block without a line to send goes with the one before it', async (t) => {
  const delivery = recorder()
  const unconfirmed = new Unconfirmed(10, (received) => delivery.receipt(received))
  unconfirmed.skip(block(1))
  t.same(delivery.receipts, [1], 'alone it is received at once')
  const written = unconfirmed.add(block(2))
  unconfirmed.skip(block(3))
  t.same(delivery.receipts, [1])
  written()
  await unconfirmed.empty()
  t.same(delivery.receipts, [1, 3])
})

t.test(
  'what the peer’s kernel has not acknowledged has no receipt, however long it is there',
  async (t) => {
    const delivery = recorder()
    let acknowledged = 0
    const receipt = (received: Parameters<typeof delivery.receipt>[0]) => delivery.receipt(received)
    const unconfirmed = new Unconfirmed(1, receipt, () => Promise.resolve(acknowledged))
    unconfirmed.add(block(1))(100)
    unconfirmed.add(block(2))(200)
    await new Promise((resolve) => setTimeout(resolve, 300))
    t.same(delivery.receipts, [])
    acknowledged = 150
    await delivery.received(1)
    t.same(delivery.receipts, [1])
    acknowledged = 200
    await unconfirmed.empty()
    t.same(delivery.receipts, [1, 2])
  },
)

t.test('nothing comes after the end', async (t) => {
  const delivery = recorder()
  const unconfirmed = new Unconfirmed(1, (received) => delivery.receipt(received))
  unconfirmed.add(block(1))()
  unconfirmed.end()
  await new Promise((resolve) => setTimeout(resolve, 60))
  t.same(delivery.receipts, [])
})

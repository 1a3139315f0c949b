import t from 'tap'
import { Throughput } from '../../src/telemetry/throughput.ts'

t.test('a rate over the last ten seconds, the present one among them', async (t) => {
  let now = 500
  const throughput = new Throughput(() => now)
  t.equal(throughput.rate, 0)
  throughput.add(20)
  throughput.add(10)
  t.equal(throughput.rate, 3)
  now += 5000
  throughput.add(100)
  t.equal(throughput.rate, 13)
  now += 4499
  t.equal(throughput.rate, 13)
  now += 1
  t.equal(throughput.rate, 10, 'the first second has gone')
  now += 5000
  t.equal(throughput.rate, 0)
  t.equal(throughput.total, 130)
})

t.test('after a long silence nothing of before is left', async (t) => {
  let now = 0
  const throughput = new Throughput(() => now)
  throughput.add(50)
  now = 3_600_000
  t.equal(throughput.rate, 0)
  throughput.add(10)
  t.equal(throughput.rate, 1)
})

t.test('a clock that stands or goes back counts on', async (t) => {
  let now = 20_000
  const throughput = new Throughput(() => now)
  throughput.add(10)
  now = 1000
  throughput.add(10)
  t.equal(throughput.rate, 2)
  t.equal(throughput.total, 20)
})

import t from 'tap'
import { Health, usualTimes } from '../../../src/destinations/syslog/health.ts'
import { error } from '../../../src/error.ts'

const failBack = 60_000
const refused = error('refused', 'nothing listens')
const broken = error('lost', 'the connection broke')

/** A url's health with a clock that is set by hand, and no chance in it. */
function healthOf(options: { failBack?: number; random?: number } = {}) {
  const clock = { time: 1000, now: () => clock.time, random: () => options.random ?? 1 }
  return { clock, health: new Health(options.failBack ?? failBack, usualTimes, clock) }
}

t.test('a url that cannot be connected to is held, longer each time, to a minute', async (t) => {
  const { clock, health } = healthOf()
  t.equal(health.wait, 0)
  const holds: number[] = []
  for (let failure = 0; failure < 7; failure += 1) {
    health.begin()
    t.equal(health.failed(refused), undefined)
    holds.push(health.wait)
    clock.time += health.wait
    t.equal(health.wait, 0)
  }
  t.same(holds, [2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
})

t.test('a hold has jitter: half to whole', async (t) => {
  for (const [random, hold] of [
    [0, 1000],
    [0.5, 1500],
  ] as const) {
    const { health } = healthOf({ random })
    health.failed(refused)
    t.equal(health.wait, hold)
  }
})

t.test('a hold is what the error asks for, when that is longer', async (t) => {
  const rows = [
    [error('refused', 'busy', { retryAfter: 10_000 }), 10_000],
    [error('config', 'no such file'), 60_000],
    [error('config', 'never', { retryAfter: Infinity }), Infinity],
  ] as const
  for (const [failure, hold] of rows) {
    const { health } = healthOf()
    health.begin()
    health.failed(failure)
    t.equal(health.wait, hold)
  }
})

t.test('a connection that broke is tried again there, once', async (t) => {
  const { clock, health } = healthOf()
  const run = (lived: number, failure = broken) => {
    health.begin()
    health.connected()
    clock.time += lived
    return health.failed(failure)
  }
  t.equal(run(5), usualTimes.again)
  t.equal(health.wait, 0)
  t.equal(run(5), undefined, 'not a second time')
  t.equal(health.wait, 2000)
  t.equal(run(5), undefined, 'nor after it was held')
  t.equal(health.wait, 4000)
  t.equal(run(usualTimes.stood), usualTimes.again, 'but when a connection has stood')
  t.equal(run(5), undefined)
  t.equal(health.wait, 2000, 'which also begins the holds anew')

  const hung = healthOf().health
  hung.begin()
  hung.connected()
  t.equal(
    hung.failed(error('timeout', 'took nothing')),
    undefined,
    'one that hangs does not restart',
  )
  const patient = healthOf().health
  patient.begin()
  patient.connected()
  t.equal(patient.failed(error('refused', 'busy', { retryAfter: 30_000 })), undefined)
  t.equal(patient.wait, 30_000)
})

t.test('a connection is of its own delivery only', async (t) => {
  const { clock, health } = healthOf()
  health.begin()
  health.connected()
  clock.time += usualTimes.stood
  health.connected()
  t.equal(health.failed(broken), usualTimes.again, 'a further connection begins nothing')
  health.begin()
  t.equal(health.failed(refused), undefined)
})

/** Probes as they come due until it has answered long enough; ms and number of probes. */
function probesUntilBack({ clock, health }: ReturnType<typeof healthOf>) {
  const start = clock.time
  let probes = 0
  while (!health.hasAnswered) {
    clock.time += health.untilProbe
    health.probed(true)
    probes += 1
  }
  return { took: clock.time - start, probes }
}

t.test('it is gone back to when every probe was good for long enough', async (t) => {
  const one = healthOf()
  const { clock, health } = one
  health.failed(refused)
  t.equal(health.untilProbe, 15_000)
  t.notOk(health.hasAnswered)
  clock.time += 15_000
  health.probed(false)
  t.equal(health.wait, 15_000, 'known to be down until the next probe')
  for (let probe = 0; probe < 4; probe += 1) {
    clock.time += health.untilProbe
    health.probed(true)
    t.notOk(health.hasAnswered)
    t.equal(health.wait, 0, 'not known to be down')
  }
  clock.time += health.untilProbe
  health.probed(false)
  t.notOk(health.hasAnswered, 'one bad probe begins it anew')
  t.same(probesUntilBack(one), { took: 75_000, probes: 5 })
})

t.test('at least three probes, a second apart', async (t) => {
  for (const shortest of [0, 10, 1000]) {
    const one = healthOf({ failBack: shortest })
    one.health.failed(refused)
    t.same(probesUntilBack(one), { took: 3000, probes: 3 })
  }
  const patient = healthOf({ failBack: 86_400_000 })
  t.equal(patient.health.untilProbe, 30_000)
})

t.test('gone back to too early: it must answer twice as long, up to an hour', async (t) => {
  const { clock, health } = healthOf()
  health.failed(refused)
  const required: number[] = []
  for (let round = 0; round < 8; round += 1) {
    health.wentBack()
    t.notOk(health.hasAnswered)
    clock.time += usualTimes.settled - 1
    health.failed(refused)
    required.push(health.required / 60_000)
  }
  t.same(required, [2, 4, 8, 16, 32, 60, 60, 60])
  health.failed(refused)
  t.equal(health.required, 3_600_000, 'a try that was no going back changes nothing')
  health.wentBack()
  clock.time += usualTimes.settled
  health.failed(refused)
  t.equal(health.required, failBack, 'one that lasted begins anew')

  const long = healthOf({ failBack: 7_200_000 })
  long.health.wentBack()
  long.health.failed(refused)
  t.equal(long.health.required, 7_200_000, 'never less than what was configured')
})

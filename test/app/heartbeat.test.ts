import t from 'tap'
import { Heartbeat, vitalSigns } from '../../src/app/heartbeat.ts'
import type { Status } from '../../src/status/status.ts'
import { OwnEvents } from '../../src/telemetry/own-events.ts'
import { Telling } from '../../src/telemetry/telling.ts'

const status = (more: object = {}): Status =>
  ({
    spool: { bytes: 250, maxBytes: 10_000, full: false, rejects: 4 },
    sources: [
      { name: 'alerts', state: 'reading' },
      { name: 'activity', state: 'failed' },
      { name: 'disk', state: 'parked' },
    ],
    destinations: [
      { name: 'siem', state: 'lost', waiting: 12, oldestWaitingAt: Date.now() - 60_000 },
      { name: 'file', state: 'connected', waiting: 0 },
    ],
    ...more,
  }) as unknown as Status

t.test('it beats when it is time, and as often as it is asked to now', async (t) => {
  let now = 0
  let every = 300_000
  const own = new OwnEvents()
  const telling = new Telling(own)
  const heartbeat = new Heartbeat({ telling, status, every: () => every, now: () => now })
  const lookAt = (time: number) => {
    now = time
    heartbeat.look()
    return own.rest().length
  }
  t.equal(lookAt(299_999), 0)
  t.equal(lookAt(300_000), 1)
  t.equal(lookAt(300_001), 1)
  t.equal(lookAt(600_000), 2)
  every = 60_000
  t.equal(lookAt(660_000), 3, 'a changed configuration')
  every = 0
  t.equal(lookAt(9_000_000), 3, 'never')
  t.match(own.rest()[0], { kind: 'heartbeat', counts: { rejects: 4 } })
})

t.test('how it stands', async (t) => {
  const { message, counts } = vitalSigns(status())
  t.equal(
    message,
    '12 lines wait, the oldest for 60 s; spool 2.5 % full, 4 rejects; sources failing: activity, disk; destinations down: siem',
  )
  t.same(counts, {
    waitingLines: 12,
    oldestWaitingSeconds: 60,
    rejects: 4,
    spoolPercent: 2.5,
    sourcesFailing: 2,
    destinationsDown: 1,
  })
})

t.test('when all is well', async (t) => {
  const { message, counts } = vitalSigns(status({ sources: [], destinations: [] }))
  t.match(message, /^0 lines wait; .*sources failing: none; destinations down: none$/)
  t.equal(counts.oldestWaitingSeconds, 0)
  const one = vitalSigns(
    status({ spool: { bytes: 0, maxBytes: 1, rejects: 1 }, destinations: [{ waiting: 1 }] }),
  )
  t.match(one.message, /^1 line waits, .*, 1 reject; /)
})

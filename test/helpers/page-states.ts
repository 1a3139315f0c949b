/** States of an appliance for the tests of the page: nothing yet, busy, and failing all over. */
import type { Seen } from '../../src/status/asked.ts'
import type {
  DestinationStatus,
  ListedReject,
  Overview,
  SourceStatus,
} from '../../src/page/shapes.ts'
import type { Shown } from './status-page.ts'

const day = 86_400_000

export function makeEvent(line: number, more: Partial<Seen['events'][number]> = {}) {
  const { severity = 5, queue = 'activity' } = more
  const cef = `CEF:0|Netwrix|Active Directory|1.0|netwrix.user.modified|User Modified ${line}|${severity}|externalId=RID-${line} suser=ENTERPRISE\\\\anna msg=Department: "Sales" changed to "Legal"`
  const at = Date.now() - 1000
  const frame = `<134>Nov 22 16:00:00 here ${more.cef ?? cef}\n`
  return {
    at,
    destination: 'siem',
    queue,
    sequence: 1,
    line,
    time: at - 4000,
    severity,
    cef,
    frame: Buffer.from(frame).toString('base64'),
    ...more,
  }
}

export function makeReject(number: number, more: Partial<ListedReject> = {}): ListedReject {
  return {
    number,
    at: Date.now() - 60_000 * number,
    source: 'alerts',
    code: number % 3 === 0 ? 'row' : 'date',
    reason: `"13/13/2026" in When is not a date; set dateFormat`,
    origin: 'alerts-2026-11.csv',
    row: number + 1,
    ...more,
  }
}

export function makeSource(more: Partial<SourceStatus> = {}): SourceStatus {
  return {
    name: 'activity',
    type: 'netwrix-api',
    where: 'https://auditor.example.com:9699',
    state: 'reading',
    lastRecordAt: Date.now() - 2000,
    remembered: 120_000,
    rate: 42.5,
    certificates: [],
    ledger: { read: 1300, spooled: 1250, alreadyGiven: 40, rejected: 8, ignored: 2 },
    ...more,
  }
}

export function makeDestination(more: Partial<DestinationStatus> = {}): DestinationStatus {
  return {
    name: 'siem',
    type: 'syslog',
    where: 'tls://sensor.example.com:6514',
    state: 'connected',
    detail: 'sensor.example.com:6514, TLSv1.3 TLS_AES_256_GCM_SHA384',
    lastReceiptAt: Date.now() - 1500,
    received: 1200,
    proof: 'half-close',
    certificates: [
      {
        whose: 'peer',
        subject: 'CN=sensor.example.com',
        issuer: 'CN=Example CA',
        validTo: Date.now() + 212.5 * day,
        fingerprint: 'AB:CD',
      },
    ],
    waiting: 50,
    oldestWaitingAt: Date.now() - 3000,
    rate: 40,
    ledger: [
      { queue: 'activity', spooled: 1250, received: 1200, waiting: 50, refused: 0, damaged: 0 },
    ],
    ...more,
  }
}

export function makeOverview(more: Partial<Overview> = {}): Overview {
  return {
    version: '0.1.0',
    configuration: '/etc/cefline/cefline.yaml',
    startedAt: new Date(Date.now() - 3 * day).toISOString(),
    now: Date.now(),
    spool: {
      folder: '/var/lib/cefline',
      bytes: 2_400_000_000,
      maxBytes: 10_000_000_000,
      full: false,
      rejects: 0,
    },
    writable: true,
    sources: [
      makeSource(),
      makeSource({ name: 'alerts', type: 'netwrix-alerts', where: '/drop', rate: 0 }),
    ],
    destinations: [makeDestination(), makeDestination({ name: 'archive', type: 's3', rate: 0 })],
    others: [],
    damaged: [],
    rejectsByCode: {},
    ...more,
  }
}

export function makeHistory(): Shown['history'] {
  const length = 240
  const step = 15_000
  const wave = (base: number, swing: number) =>
    Array.from({ length }, (_, index) =>
      index < 20 ? null : base + swing * Math.sin(index / 9) * Math.cos(index / 31),
    )
  return {
    from: Date.now() - length * step,
    step,
    sources: { activity: { read: wave(40, 20) }, alerts: { read: wave(3, 2) } },
    destinations: {
      siem: { received: wave(42, 20), waiting: wave(90, 60), latency: wave(900, 400) },
      archive: { received: wave(41, 15), waiting: wave(800, 500), latency: wave(40_000, 20_000) },
    },
  }
}

export function busy(): Shown {
  return {
    overview: makeOverview(),
    events: Array.from({ length: 30 }, (_, index) => {
      const severity = index % 11
      return makeEvent(index, { severity, destination: index % 2 === 0 ? 'siem' : 'archive' })
    }),
    rejects: [],
    history: makeHistory(),
    steps: [
      { step: 'made', ok: true, detail: 'id 0123', milliseconds: 0 },
      { step: 'spooled', ok: true, detail: 'block 12 of cefline', milliseconds: 8 },
      { step: 'handed-out', destination: 'siem', ok: true, detail: '', milliseconds: 11 },
      { step: 'received', destination: 'siem', ok: true, detail: 'half-close', milliseconds: 431 },
      { step: 'end', ok: true, detail: 'every receipt came', milliseconds: 431 },
    ],
  }
}

/** Just started, with nothing configured to speak of. */
export function empty(): Shown {
  const none = { read: 0, spooled: 0, alreadyGiven: 0, rejected: 0, ignored: 0 }
  const source = makeSource({ state: 'starting', lastRecordAt: undefined, rate: 0, ledger: none })
  const destination = makeDestination({
    state: 'starting',
    detail: undefined,
    lastReceiptAt: undefined,
    oldestWaitingAt: undefined,
    proof: undefined,
    certificates: [],
    waiting: 0,
    rate: 0,
    ledger: [],
  })
  return {
    overview: makeOverview({ writable: false, sources: [source], destinations: [destination] }),
    events: [],
    rejects: [],
    history: { from: Date.now(), step: 15_000, sources: {}, destinations: {} },
    steps: [],
  }
}

/** All that can be amiss at once. */
export function failing(): Shown {
  const overview = makeOverview({
    sources: [
      makeSource({
        state: 'failed',
        problem: 'https://auditor.example.com:9699: 401',
        certificates: [
          {
            whose: 'peer',
            subject: 'CN=auditor.example.com',
            issuer: 'CN=Example CA',
            validTo: Date.now() - day,
            fingerprint: 'AB:CD',
          },
        ],
        rate: 0,
      }),
      makeSource({ name: 'alerts', silentSince: Date.now() - 7 * day, rate: 0 }),
      makeSource({
        name: 'timeline',
        ledger: { read: 10, spooled: 4, alreadyGiven: 0, rejected: 1, ignored: 0 },
      }),
    ],
    destinations: [
      makeDestination({ state: 'lost', detail: 'connect ECONNREFUSED 192.0.2.7:6514', rate: 0 }),
      makeDestination({
        name: 'archive',
        certificates: [
          {
            whose: 'own',
            subject: 'CN=cefline',
            issuer: 'CN=Example CA',
            validTo: Date.now() + 9.5 * day,
            fingerprint: 'AB:CD',
          },
        ],
      }),
    ],
    damaged: [{}],
    rejectsByCode: { date: 80, row: 40 },
  })
  const spool = { ...overview.spool, bytes: 10_000_000_000, full: true, rejects: 120 }
  const rejects = Array.from({ length: 120 }, (_, index) => makeReject(index + 1))
  return { ...busy(), overview: { ...overview, spool }, rejects }
}

/** Names as long as the configuration takes them. */
export function longNames(): Shown {
  const shown = busy()
  const [source, destination] = ['s'.repeat(64), 'd'.repeat(64)]
  const { overview, history } = shown
  overview.sources = [makeSource({ name: source })]
  overview.destinations = [makeDestination({ name: destination, detail: 'y'.repeat(300) })]
  history.sources = { [source]: history.sources['activity'] ?? { read: [] } }
  shown.events = [makeEvent(1, { queue: source, destination })]
  return shown
}

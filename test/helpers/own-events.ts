/**
 * The kinds of Cefline's own events as `docs/own-events.md` has them: when each comes, and a line of it
 * as it is made. Written between the page's markers by `npm run docs`; `test/mappings/cefline.test.ts`
 * fails when they are stale.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encode } from '../../src/cef/encode.ts'
import { mapOwnEvent, ownKinds } from '../../src/mappings/cefline.ts'
import type { OwnEvent, OwnKind } from '../../src/own-event.ts'
import { root } from './root.ts'

export const ownEventsPage = join(root, 'docs', 'own-events.md')

interface Example extends Omit<OwnEvent, 'id' | 'kind' | 'at'> {
  when: string
}

const examples: Record<OwnKind, Example> = {
  start: {
    when: 'All runs: the spool is open, the sources and destinations have begun.',
    message:
      'Cefline 0.1.0 runs; configuration: /etc/cefline/cefline.yaml; sources: alerts, activity, cefline; destinations: siem',
  },
  stop: {
    when: 'The process was told to end (`SIGTERM`, `SIGINT`). One that is killed says nothing: a `start` without a `stop` before it is a crash.',
    message: 'Cefline stops: SIGTERM',
  },
  'configuration-changed': {
    when: 'A changed configuration was taken over while it runs. Also when what was refused is taken back. The last event before its own events are turned off is one of these too.',
    message: 'source alerts changed, destination archive added',
  },
  'configuration-refused': {
    when: 'A changed configuration is wrong, and all goes on as before. What is written there is not repeated.',
    message:
      'the changed configuration is not taken over, and all goes on as before: /etc/cefline/cefline.yaml:12 sources.activity.interval: "…" is not a duration; write 30s, 5m or 1h',
    code: 'config',
  },
  'mark-set': {
    when: '`cefline mark set` or `import`: polling goes on from another place, so records may be left out or read again.',
    message: 'polling of activity was set to go on from another mark',
    component: 'activity',
    who: 'alice',
  },
  'rejects-retried': {
    when: '`cefline rejects retry`.',
    message:
      '12 rejects went back into their queues, 0 had been given before, 3 are still rejected',
    who: 'alice',
  },
  'rejects-purged': {
    when: '`cefline rejects purge`: records that were never sent are gone for good.',
    message: '3 rejects were removed for good',
    who: 'alice',
  },
  'destination-forgotten': {
    when: '`cefline spool forget`: where a destination that is gone from the configuration stood is released. If it comes back, it begins at the oldest line that is kept.',
    message:
      'destination old-siem was forgotten, and where it stood in alerts, activity: it had not received 12 lines of those that were kept',
    component: 'old-siem',
    who: 'alice',
  },
  'source-failed': {
    when: 'A source can read no more, or does so for another reason than it was told of; it is tried again by itself.',
    message:
      'https://auditor.example.com:9699 does not answer (ECONNREFUSED); look whether the Integration API is on',
    component: 'activity',
    code: 'network',
  },
  'source-back': {
    when: 'It reads again.',
    message: 'reads again, after 12 min',
    component: 'activity',
  },
  'source-silent': {
    when: 'A source works, and has given no record for longer than is usual for it (`silentAfter`).',
    message:
      'no record since 2026-11-01T08:00:00Z (26 h); usually one comes within 24 h: its role, plan, filter or alert action may have become too narrow, or nothing happens there',
    component: 'alerts',
  },
  'source-heard': {
    when: 'It gives records again.',
    message: 'gives records again, after 27 h',
    component: 'alerts',
  },
  'destination-lost': {
    when: 'A destination takes nothing more, or does so for another reason than it was told of. The other destinations get this at once, the one that is lost when it is back.',
    message: 'cannot connect to tls://sensor.example.com:6514 (ECONNREFUSED)',
    component: 'siem',
    code: 'lost',
  },
  'destination-back': {
    when: 'It is connected again.',
    message: 'connected to tls://sensor.example.com:6514 (TLSv1.3), after 4 min',
    component: 'siem',
  },
  'spool-nearly-full': {
    when: 'The spool holds 80 % of `spool.maxBytes`; again only after it was below 70 %.',
    message:
      'it holds 8000000000 of 10000000000 bytes (80 %); when it is full the sources wait; see why the destinations take so little',
    component: 'spool',
  },
  'spool-full': {
    when: 'The spool has no room, and the sources wait. The event itself goes out when there is room again.',
    message:
      'it holds 10000000000 of 10000000000 bytes (100 %); the sources wait, nothing is dropped',
    component: 'spool',
    code: 'spool-full',
  },
  'spool-room': {
    when: 'It has room again.',
    message: 'it holds 9500000000 of 10000000000 bytes (95 %)',
    component: 'spool',
  },
  'spool-damaged': {
    when: 'A block of lines cannot be read, and was moved into a file of its own beside the spool (whoever reads it finds it, `cefline spool verify` too): its lines are not sent. Or a record of the books was damaged, and is made again.',
    message:
      'block 7 of queue alerts with 12 lines is set aside as /var/lib/cefline/damaged/alerts-7.block: its checksum does not match',
    component: 'spool',
    code: 'spool-damaged',
  },
  'certificate-expiring': {
    when: 'A certificate ends in 30, 14, 7, 3 and 1 days, or has ended: one that a connection of a destination rests on, or one in a file of the configuration (`tls.cert`, `tls.ca`). Once for each of these steps, and again after a restart.',
    message:
      'the peer’s certificate (CN=sensor.example.com) ends 2026-12-01T12:00Z, in 13 days; whoever runs the other side has to renew it',
    component: 'siem',
  },
  heartbeat: {
    when: 'Every `own.heartbeat`, five minutes if not set.',
    message:
      '12 lines wait, the oldest for 3 s; spool 2.5 % full, 0 rejects; sources failing: none; destinations down: none',
    counts: {
      waitingLines: 12,
      oldestWaitingSeconds: 3,
      rejects: 0,
      spoolPercent: 2.5,
      sourcesFailing: 0,
      destinationsDown: 0,
    },
  },
  test: {
    when: '`cefline send-test`, or the button on the status page.',
    message: 'Test event, asked for by hand: that it arrives shows that all events do',
    who: 'alice',
  },
}

export const exampleEvents: OwnEvent[] = Object.entries(examples).map(
  ([kind, { when: _when, ...details }]) => ({
    id: '4f1c0b7a9d2e83564f1c0b7a9d2e8356',
    kind: kind as OwnKind,
    at: Date.UTC(2026, 10, 18, 12),
    ...details,
  }),
)

/** A section for each kind. */
export function ownEventKinds(): string {
  const about = { version: '0.1.0', hostname: 'cefline' }
  return exampleEvents
    .map((event) => {
      const { severity, category, name } = ownKinds[event.kind]
      const { when } = examples[event.kind]
      const line = encode(mapOwnEvent(event, about))
      return `### \`${event.kind}\`\n\n${name}, severity ${severity}, \`cat=${category}\`. ${when}\n\n\`\`\`text\n${line}\n\`\`\`\n`
    })
    .join('\n')
}

export function writeOwnEvents(): void {
  const text = readFileSync(ownEventsPage, 'utf8')
  const markers = /(<!-- kinds -->\n)[^]*(<!-- \/kinds -->)/
  const filled = text.replace(markers, (_whole, begin: string, end: string) => {
    return `${begin}\n${ownEventKinds()}\n${end}`
  })
  writeFileSync(ownEventsPage, filled)
}

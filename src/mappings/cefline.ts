/**
 * Cefline's own events as CEF: `CEF:0|Cefline|Cefline|<version>|<kind>|<name>|<severity>|…`. The kind
 * is the signature id, by which a SIEM's rules find it; `docs/own-events.md` has a line of each.
 *
 * `msg` says what happened in a sentence, `cs1` which source or destination it is about, `cs2` the
 * code of an error, `suser` who did it, `externalId` the event's own id. What a heartbeat counts is in
 * `cn1` to `cn3` and `cfp1` to `cfp4`, in its order, each under its label.
 */
import type { CefEvent, CefValue } from '../cef/event.ts'
import type { OwnEvent, OwnKind } from '../own-event.ts'

interface Kind {
  name: string
  /** 0 to 10: from 7 on somebody should look at it today. */
  severity: number
  /** `cat`: what it is about. */
  category: string
}

export const ownKinds: Readonly<Record<OwnKind, Kind>> = {
  start: { name: 'Cefline started', severity: 3, category: 'appliance' },
  stop: { name: 'Cefline stops', severity: 5, category: 'appliance' },
  'configuration-changed': {
    name: 'Configuration changed',
    severity: 5,
    category: 'configuration',
  },
  'configuration-refused': {
    name: 'Changed configuration refused',
    severity: 6,
    category: 'configuration',
  },
  'mark-set': { name: 'Mark of a source set', severity: 6, category: 'audit' },
  'rejects-retried': { name: 'Rejects tried again', severity: 3, category: 'audit' },
  'rejects-purged': { name: 'Rejects removed for good', severity: 7, category: 'audit' },
  'destination-forgotten': { name: 'Destination forgotten', severity: 7, category: 'audit' },
  'source-failed': { name: 'Source failed', severity: 7, category: 'source' },
  'source-back': { name: 'Source reads again', severity: 3, category: 'source' },
  'source-silent': { name: 'Source is silent', severity: 7, category: 'source' },
  'source-heard': { name: 'Source gives records again', severity: 3, category: 'source' },
  'destination-lost': { name: 'Destination lost', severity: 7, category: 'destination' },
  'destination-back': { name: 'Destination is back', severity: 3, category: 'destination' },
  'spool-nearly-full': { name: 'Spool nearly full', severity: 7, category: 'spool' },
  'spool-full': { name: 'Spool full, sources wait', severity: 9, category: 'spool' },
  'spool-room': { name: 'Spool has room again', severity: 3, category: 'spool' },
  'spool-damaged': { name: 'Damage in the spool', severity: 9, category: 'spool' },
  'certificate-expiring': {
    name: 'Certificate near its end',
    severity: 6,
    category: 'certificate',
  },
  heartbeat: { name: 'Heartbeat', severity: 1, category: 'heartbeat' },
  test: { name: 'Test event', severity: 1, category: 'test' },
}

const numberKeys = ['cn1', 'cn2', 'cn3', 'cfp1', 'cfp2', 'cfp3', 'cfp4']

/** `hostname`: of the machine that Cefline runs on. Pure. */
export function mapOwnEvent(
  event: OwnEvent,
  about: { version: string; hostname: string },
): CefEvent {
  const { id, kind, at, message, component = '', code = '', who = '', counts = {} } = event
  const { name, severity, category } = ownKinds[kind]
  const extension: [string, CefValue][] = [
    ['rt', at],
    ['dvchost', about.hostname],
    ['cat', category],
    ['suser', who],
    ['msg', message],
    ...labelled('cs1', 'Component', component),
    ...labelled('cs2', 'Code', code),
    ...Object.entries(counts).flatMap(([label, value], index) => {
      const key = numberKeys[index]
      return key === undefined ? [] : labelled(key, label, value)
    }),
    ['externalId', id],
  ]
  const header = { vendor: 'Cefline', product: 'Cefline', version: about.version }
  return { ...header, classId: kind, name, severity, extension, time: at }
}

function labelled(key: string, label: string, value: CefValue): [string, CefValue][] {
  return value === ''
    ? []
    : [
        [key, value],
        [`${key}Label`, label],
      ]
}

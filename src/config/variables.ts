/**
 * The environment variables that Cefline reads, as data: what each sets, and what the README says
 * of it.
 */
import type { Path } from './document.ts'

export interface Variable {
  name: string
  /** The option that it sets. */
  path: Path
  /** One plain sentence, shown in the README's table. */
  doc: string
  /** Holds the path of a file in which the value is. */
  file?: true
  /** Makes the component: without it the others of its path have nothing to belong to. */
  leads?: true
}

const netwrix = ['sources', 'netwrix']
const alerts = ['sources', 'alerts']
const siem = ['destinations', 'siem']

/** The types of the components that the variables make. */
export const madeTypes = [
  { path: netwrix, type: 'netwrix-api' },
  { path: alerts, type: 'netwrix-alerts' },
  { path: siem, type: 'syslog' },
]

/** These set options of the whole, beside a file too where that leaves them out. */
export const generalVariables: readonly Variable[] = [
  {
    name: 'DATA_FOLDER',
    path: ['spool', 'folder'],
    doc: 'Folder of the spool, where a file does not set it.',
  },
  {
    name: 'STATUS_LISTEN',
    path: ['status', 'listen'],
    doc: 'Address and port of the status page, health and metrics, where a file does not set it.',
  },
  {
    name: 'STATUS_TOKEN_FILE',
    path: ['status', 'token'],
    doc: 'File that holds the token of the status page, where a file does not set it.',
    file: true,
  },
  {
    name: 'LOG_LEVEL',
    path: ['log', 'level'],
    doc: 'Least serious events that are logged, where a file does not set it.',
  },
  {
    name: 'OWN_EVENTS',
    path: ['own', 'events'],
    doc: 'Whether Cefline’s own events are sent (`true` or `false`), where a file does not set it.',
  },
  {
    name: 'HEARTBEAT',
    path: ['own', 'heartbeat'],
    doc: 'How often one of them says that all runs, such as `5m`, where a file does not set it.',
  },
]

/** These make a source or a destination, and are for when there is no file. */
export const componentVariables: readonly Variable[] = [
  {
    name: 'NETWRIX_URL',
    path: [...netwrix, 'url'],
    doc: 'Address of the Integration API; makes the source `netwrix`.',
    leads: true,
  },
  {
    name: 'NETWRIX_USERNAME',
    path: [...netwrix, 'username'],
    doc: 'Account that may read all activity records.',
  },
  { name: 'NETWRIX_PASSWORD', path: [...netwrix, 'password'], doc: 'Its password.' },
  {
    name: 'NETWRIX_PASSWORD_FILE',
    path: [...netwrix, 'password'],
    doc: 'File that holds the password, in place of `NETWRIX_PASSWORD`.',
    file: true,
  },
  {
    name: 'NETWRIX_CA_FILE',
    path: [...netwrix, 'tls', 'ca'],
    doc: 'PEM file of the authorities to trust.',
  },
  {
    name: 'NETWRIX_FINGERPRINT',
    path: [...netwrix, 'tls', 'fingerprint'],
    doc: 'SHA-256 fingerprint of the server’s certificate, such as its self-signed one.',
  },
  {
    name: 'NETWRIX_SINCE',
    path: [...netwrix, 'since'],
    doc: 'How far back the very first run goes, such as `30d`.',
  },
  {
    name: 'NETWRIX_INTERVAL',
    path: [...netwrix, 'interval'],
    doc: 'Time between two looks for new records, such as `60s`.',
  },
  {
    name: 'DROP_FOLDER',
    path: [...alerts, 'folder'],
    doc: 'Folder into which alert files are dropped; makes the source `alerts`.',
    leads: true,
  },
  {
    name: 'SYSLOG_URL',
    path: [...siem, 'url'],
    doc: 'Where to send, such as `tls://sensor.example.com:6514` (several: with commas); makes the destination `siem`.',
    leads: true,
  },
  {
    name: 'SYSLOG_RECEIVER',
    path: [...siem, 'receiver'],
    doc: 'Preset of the SIEM, such as `usm-anywhere`.',
  },
  {
    name: 'SYSLOG_FORMAT',
    path: [...siem, 'format'],
    doc: 'Header of each message: `rfc3164` or `rfc5424`.',
  },
  {
    name: 'SYSLOG_FRAMING',
    path: [...siem, 'framing'],
    doc: 'How messages are told apart: `lf`, `octet-counting` or `nul`.',
  },
  {
    name: 'SYSLOG_FACILITY',
    path: [...siem, 'facility'],
    doc: 'Syslog facility, such as `local4`.',
  },
  {
    name: 'SYSLOG_HOSTNAME',
    path: [...siem, 'hostname'],
    doc: 'Host name in the header; in a container it should be set.',
  },
  {
    name: 'SYSLOG_CA_FILE',
    path: [...siem, 'tls', 'ca'],
    doc: 'PEM file of the authorities to trust.',
  },
  {
    name: 'SYSLOG_CERT_FILE',
    path: [...siem, 'tls', 'cert'],
    doc: 'PEM file of the client certificate.',
  },
  {
    name: 'SYSLOG_KEY_FILE',
    path: [...siem, 'tls', 'key'],
    doc: 'PEM file of its private key.',
  },
  {
    name: 'SYSLOG_FINGERPRINT',
    path: [...siem, 'tls', 'fingerprint'],
    doc: 'SHA-256 fingerprint of the receiver’s certificate.',
  },
]

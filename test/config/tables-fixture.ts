/**
 * Two small component tables, for tests of the configuration itself.
 */
import type { Schema } from '../../src/config/schema.ts'

const tls = {
  ca: { doc: 'Authorities.', format: 'text?', default: null },
  cert: { doc: 'Certificate.', format: 'text?', default: null },
  key: { doc: 'Its key.', format: 'text?', default: null, sensitive: true },
  fingerprint: { doc: 'Pin.', format: 'text?', default: null },
  verify: { doc: 'Whether it is checked.', format: 'flag', default: true },
} satisfies Schema

export const tables = {
  sources: {
    'netwrix-alerts': {
      schema: {
        folder: { doc: 'Drop folder.', format: 'text', default: './drop' },
        done: { doc: 'Where read ones go.', format: 'text?', default: null },
        failed: { doc: 'Where others go.', format: 'text?', default: null },
        settle: { doc: 'Stands still.', format: 'duration', default: null },
      } satisfies Schema,
    },
    'netwrix-api': {
      schema: {
        url: { doc: 'Address.', format: 'url', default: null, required: true },
        username: { doc: 'Account.', format: 'text', default: null, required: true },
        password: {
          doc: 'Its password.',
          format: 'text',
          default: null,
          sensitive: true,
          required: true,
        },
        interval: { doc: 'Between looks.', format: 'duration', default: '60s' },
        since: { doc: 'How far back.', format: 'age', default: '30d' },
        tls,
      } satisfies Schema,
    },
  },
  destinations: {
    syslog: {
      schema: {
        url: { doc: 'Where to.', format: 'url', default: null, required: true },
        receiver: { doc: 'Preset.', format: ['usm-anywhere', 'splunk'], default: null },
        format: { doc: 'Header.', format: ['rfc3164', 'rfc5424'], default: null },
        framing: { doc: 'Frame.', format: ['lf', 'octet-counting', 'nul'], default: null },
        facility: { doc: 'Facility.', format: ['local4', 'local5'], default: 'local4' },
        hostname: { doc: 'Host.', format: 'text?', default: null },
        tls,
      } satisfies Schema,
    },
    console: { schema: {} },
  },
}

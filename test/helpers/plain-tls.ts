/** The options of TLS as they are when nothing is configured. */
import type { TlsOptions } from '../../src/io/tls.ts'

export const plainTls: TlsOptions = {
  ca: null,
  cert: null,
  key: null,
  servername: null,
  fingerprint: null,
  minVersion: 'TLSv1.2',
  verify: true,
}

/** Netwrix Auditor's Integration API, as messages name it. */
import type { Peer } from '../http/peer.ts'

export const auditorServer: Peer = {
  server: 'the Auditor Server',
  port: 'the Integration API listens on port 9699 unless Settings > Integrations says otherwise',
  services: 'the Auditor Server and its Netwrix services',
  kept: 'the mark is kept',
}

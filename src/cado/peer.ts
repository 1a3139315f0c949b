/** The Cado platform, as messages name it. */
import type { Peer } from '../http/peer.ts'

export const platform: Peer = {
  server: 'the Cado platform',
  port: 'the platform answers where its web page does, usually on port 443',
  services: 'the Cado platform',
  kept: 'what was fetched is kept',
}

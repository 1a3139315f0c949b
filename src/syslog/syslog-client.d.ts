/** The part of npm `syslog-client` 1.1.1 that is used here; the package has no types of its own. */
declare module 'syslog-client' {
  import type { Socket } from 'node:dgram'
  import type { EventEmitter } from 'node:events'

  /** Both ways round: name → number and number → name. */
  export const Facility: Record<string, number | string>
  export const Severity: Record<
    'Emergency' | 'Alert' | 'Critical' | 'Error' | 'Warning' | 'Notice' | 'Informational' | 'Debug',
    number
  >
  export const Transport: { Tcp: 1; Udp: 2 }

  export interface Client extends EventEmitter {
    /** Makes the socket, of the family of the target's address, at the first call. */
    getTransport(callback: (error: Error | null, socket: Socket) => void): this
  }

  export function createClient(
    target: string,
    options: { port: number; transport: number; syslogHostname?: string },
  ): Client
}

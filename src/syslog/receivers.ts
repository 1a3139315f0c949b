/**
 * What each SIEM takes on the wire, as presets. A number or a form without a source is an
 * assumption and says so; the option given by hand wins over the preset. Section numbers are those
 * of the project's facts about CEF and syslog; `measured` means run against the real program.
 */
import type { Clashes } from '../cef/clashes.ts'
import type { Format } from './message.ts'
import { largestData } from './relp.ts'

/** RELP frames messages itself, so `framing` says nothing there. */
export type Transport = 'udp' | 'tcp' | 'tls' | 'relp' | 'relps'

/** How messages are parted on a stream; see `framing.ts`. */
export type Framing = 'lf' | 'octet-counting' | 'nul'

export interface Wire {
  format: Format
  framing: Framing
  /** Largest message with its header, in bytes, without the frame. */
  maxBytes: number
  /** Whether the CEF dictionary's field lengths cut. */
  lengths: boolean
  /** `escape` is CEF's `\=`; `substitute` is for receivers that split a value there. */
  equals: 'escape' | 'substitute'
  /** Cado's keys that CEF's dictionary has as something else. */
  clashes: Clashes
}

/** A UDP datagram's largest payload over IPv4: 65,535 − 20 (IP) − 8 (UDP). */
export const largestDatagram = 65_507

/** What a transport can carry at all. */
const largest: Partial<Record<Transport, number>> = {
  udp: largestDatagram,
  relp: largestData,
  relps: largestData,
}

/** Fields left out are those of the transport (`defaults`); `udpBytes` replaces `maxBytes` there. */
type Preset = Partial<Wire> & { udpBytes?: number }

/**
 * 8,096 bytes with the header is the most that a default rsyslog takes in one piece: it makes the
 * rest an event of its own, with message text as its host (measured, 8.2302). It keeps what
 * RFC 5425 section 4.3.1 demands of receivers (2,048) and nearly what it recommends (8,192).
 * For UDP, RFC 5426 section 3.2 recommends that every receiver takes 2,048.
 */
const common = { maxBytes: 8096, lengths: false, equals: 'escape', clashes: 'keep' } as const
// RFC 5425 section 4.3: TLS is counted, and only counted.
const tls = { ...common, format: 'rfc5424', framing: 'octet-counting' } as const
const tcp = { ...common, format: 'rfc3164', framing: 'lf' } as const

const defaults: Record<Transport, Wire> = {
  udp: { ...tcp, maxBytes: 2048 },
  tcp,
  tls,
  relp: tls,
  relps: tls,
}

const bsdLines = { format: 'rfc3164', framing: 'lf' } as const
const counted = { format: 'rfc5424', framing: 'octet-counting' } as const

const presets = {
  /**
   * LevelBlue's page "app-sensor-syslog" gives a port per header: 3164 on UDP 514, TCP 601 and TLS
   * 6514; 5424 on TCP 602 and TLS 6515. Framing is not stated anywhere: LF, since a counted-only
   * port closes the connection at the first LF frame (seen at once, nothing lost), while an LF port
   * takes counted frames as one garbled event and says nothing (measured, syslog-ng 3.38).
   */
  'usm-anywhere': (_transport, port) => ({
    format: port === 602 || port === 6515 ? 'rfc5424' : 'rfc3164',
    framing: 'lf',
  }),
  /** rsyslog writes files whose lines plugins match as `Mmm dd hh:mm:ss host …` (section 3). */
  'usm-appliance': () => bsdLines,
  /** A collector's rsyslog relays to the agent; its older agent fails on 5424 without a fraction,
   * and 3164 passes both (section 2.6). rsyslog's limits hold. `type` becomes its EventType, a number
   * (Microsoft's CEF name mapping). */
  sentinel: () => ({ ...bsdLines, udpBytes: 8096, clashes: 'rename' }),
  /** SC4S: 514 LF, 601 counted, 6514 TLS; an index cuts at TRUNCATE = 10,000 (section 2.6). That
   * 6514 is counted follows from RFC 5425 and from SC4S being syslog-ng: assumed. */
  splunk: (transport, port) => ({
    format: 'rfc3164',
    framing: transport === 'tls' || port === 601 ? 'octet-counting' : 'lf',
    maxBytes: 10_000,
  }),
  /** 3164, LF (section 2.6). The sizes are the product's reputed defaults, not found in a source. */
  qradar: () => ({ ...bsdLines, maxBytes: 4096, udpBytes: 1024 }),
  /** CEF input: 3164 with a host and no tag, LF; 5424 cannot be parsed (measured); it splits a value
   * at `\=`. Its TCP limit is 2 MiB (section 2.6). */
  graylog: () => ({ ...bsdLines, maxBytes: 2 * 1024 * 1024 - 1, equals: 'substitute' }),
  /** Filebeat: 3164 and LF by default, TCP 20 MiB, UDP 10 KiB; Logstash: 3164, LF only (2.6). Cut
   * at 1 MiB, as Logstash's limit was not found. `type` and `eventId` are long (exported CEF fields):
   * a text there is an error of conversion. */
  elastic: () => ({
    ...bsdLines,
    maxBytes: 1024 * 1024,
    udpBytes: 10 * 1024,
    clashes: 'rename',
  }),
  /** imtcp tells both framings apart by the first byte and takes both headers; counting is the one
   * that no broken connection can cut unseen. UDP is cut at 8,096 as well (measured). */
  rsyslog: () => ({ ...counted, maxBytes: 8096, udpBytes: 8096 }),
  /** default-network-drivers(): UDP and TCP 514 `network()`, 3164 and LF; TCP 601 and TLS 6514
   * `syslog()`, counted only. 65,536 bytes pass, one more closes the connection (measured). */
  'syslog-ng': (transport, port) => ({
    ...(transport === 'tls' || port === 601 ? counted : bsdLines),
    maxBytes: 65_536,
    udpBytes: largestDatagram,
  }),
  /** The specification's examples: 3164, LF. ESM enforces the dictionary's lengths (section 1.2).
   * SmartConnector's size limit was not found. Keys are letters and digits, as the standard has them. */
  arcsight: () => ({ ...bsdLines, lengths: true, clashes: 'rename-all' }),
} satisfies Record<string, (transport: Transport, port: number) => Preset>

export type Receiver = keyof typeof presets

export const receivers = Object.keys(presets) as Receiver[]

/**
 * The wire form for a receiver (null: no preset) on a transport and port. `byHand` holds the
 * options that the user set; null or undefined leaves the preset's. UDP and RELP are held to their
 * `largest`.
 */
export function wireFor(
  receiver: Receiver | null,
  transport: Transport,
  port: number,
  byHand: { [Option in keyof Wire]?: Wire[Option] | null } = {},
): Wire {
  const preset: Preset = receiver === null ? {} : presets[receiver](transport, port)
  const base = defaults[transport]
  const presetBytes = transport === 'udp' ? preset.udpBytes : preset.maxBytes
  const maxBytes = byHand.maxBytes ?? presetBytes ?? base.maxBytes
  const most = largest[transport] ?? Infinity
  return {
    format: byHand.format ?? preset.format ?? base.format,
    framing: byHand.framing ?? preset.framing ?? base.framing,
    maxBytes: Math.min(maxBytes, most),
    lengths: byHand.lengths ?? preset.lengths ?? base.lengths,
    equals: byHand.equals ?? preset.equals ?? base.equals,
    clashes: byHand.clashes ?? preset.clashes ?? base.clashes,
  }
}

/**
 * The three messages of NTLM and the proof of NTLMv2, as bytes; pure. NTLMv1 and the LAN Manager
 * response are not made. No signing and sealing keys are agreed on, as HTTP has no use for them.
 *
 * Source: MS-NLMP sections 2.2.1 (messages), 2.2.2.1 (AV_PAIR), 3.1.5.1.2 (client), 3.3.2 (NTLMv2).
 */
import { createHmac } from 'node:crypto'
import md4 from 'js-md4'

/** Section 2.2.2.5. */
const flags = {
  unicode: 0x1,
  requestTarget: 0x4,
  ntlm: 0x200,
  alwaysSign: 0x8000,
  extendedSecurity: 0x80000,
  targetInfo: 0x800000,
  version: 0x2000000,
  key128: 0x20000000,
}
const wanted =
  flags.unicode |
  flags.requestTarget |
  flags.ntlm |
  flags.alwaysSign |
  flags.extendedSecurity |
  flags.targetInfo |
  flags.version |
  flags.key128

const signature = Buffer.from('NTLMSSP\0', 'latin1')
/** Section 2.2.2.10: for debugging only; Windows 10, NTLMSSP revision 15. */
const version = Buffer.from('0a0063450000000f', 'hex')
/** Numbers of AV_PAIRs. */
const pair = { end: 0, flags: 6, timestamp: 7, targetName: 9, channelBindings: 10 }
/** MsvAvFlags: the last message has a MIC. */
const hasMic = 2
/** Bytes before the payload of an AUTHENTICATE_MESSAGE, with version and MIC. */
const headLength = 88
const micAt = 72

/** NEGOTIATE_MESSAGE: what we can do. */
export function negotiateMessage(): Buffer {
  const message = Buffer.alloc(40)
  signature.copy(message)
  message.writeUInt32LE(1, 8)
  message.writeUInt32LE(wanted, 12)
  // No domain and no workstation: their fields are empty and point behind the head.
  message.writeUInt32LE(40, 20)
  message.writeUInt32LE(40, 28)
  version.copy(message, 32)
  return message
}

export interface ChallengeMessage {
  flags: number
  /** 8 bytes. */
  challenge: Buffer
  targetInfo: Buffer
}

/** Undefined for what is no CHALLENGE_MESSAGE, or one without target information (NTLMv1 only). */
export function readChallengeMessage(message: Buffer): ChallengeMessage | undefined {
  if (message.length < 48 || !message.subarray(0, 8).equals(signature)) return undefined
  if (message.readUInt32LE(8) !== 2) return undefined
  const [length, offset] = [message.readUInt16LE(40), message.readUInt32LE(44)]
  if (length === 0 || offset + length > message.length) return undefined
  return {
    flags: message.readUInt32LE(20),
    challenge: message.subarray(24, 32),
    targetInfo: message.subarray(offset, offset + length),
  }
}

export interface Proof {
  user: string
  domain: string
  password: string
  /** The first two messages, as they went over the wire. */
  negotiate: Buffer
  challenge: Buffer
  /** `HTTP/host`. */
  target: string
  /** 16 bytes. */
  channelBinding: Buffer
  /** 8 random bytes. */
  clientChallenge: Buffer
  /** ms since 1970; the server's own time is taken where it gives one. */
  now: number
}

/** AUTHENTICATE_MESSAGE; undefined when the challenge cannot be answered with NTLMv2. */
export function authenticateMessage(proof: Proof): Buffer | undefined {
  const challenge = readChallengeMessage(proof.challenge)
  if (!challenge) return undefined
  const { user, domain, password, clientChallenge } = proof
  const pairs = readPairs(challenge.targetInfo)
  const time = pairs.get(pair.timestamp) ?? fileTime(proof.now)
  // A server that gives its time wants the MIC, and no LMv2 response (section 3.1.5.1.2).
  const modern = pairs.has(pair.timestamp)
  if (modern) {
    const given = pairs.get(pair.flags) ?? Buffer.alloc(4)
    pairs.set(pair.flags, uint32((given.length === 4 ? given.readUInt32LE() : 0) | hasMic))
  }
  pairs.set(pair.channelBindings, proof.channelBinding)
  pairs.set(pair.targetName, Buffer.from(proof.target, 'utf16le'))
  const key = ntowfV2(user, domain, password)
  const { response, sessionKey } = ntlmV2Response(
    key,
    challenge.challenge,
    clientChallenge,
    time,
    writePairs(pairs),
  )
  const lm = modern ? Buffer.alloc(24) : lmV2Response(key, challenge.challenge, clientChallenge)
  const message = assemble(challenge.flags & wanted, [
    lm,
    response,
    Buffer.from(domain, 'utf16le'),
    Buffer.from(user, 'utf16le'),
    // No workstation, no session key.
    Buffer.alloc(0),
    Buffer.alloc(0),
  ])
  if (modern) hmac(sessionKey, proof.negotiate, proof.challenge, message).copy(message, micAt)
  return message
}

/** Section 3.3.2: NTOWFv2, and LMOWFv2, which is the same. */
export function ntowfV2(user: string, domain: string, password: string): Buffer {
  const hash = Buffer.from(md4.arrayBuffer(Buffer.from(password, 'utf16le')))
  return hmac(hash, Buffer.from(upperCase(user) + domain, 'utf16le'))
}

/** As Windows has it, one unit of UTF-16 for one: `ß` stays, and is not two letters. */
function upperCase(text: string): string {
  return text.replace(/[^]/g, (unit) => {
    const upper = unit.toUpperCase()
    return upper.length === 1 ? upper : unit
  })
}

/** Section 3.3.2: the response with its proof, and the key that the MIC is made with. */
export function ntlmV2Response(
  key: Buffer,
  serverChallenge: Buffer,
  clientChallenge: Buffer,
  time: Buffer,
  targetInfo: Buffer,
): { response: Buffer; sessionKey: Buffer } {
  const head = Buffer.from([1, 1, 0, 0, 0, 0, 0, 0])
  const blob = Buffer.concat([
    ...[head, time, clientChallenge, Buffer.alloc(4)],
    ...[targetInfo, Buffer.alloc(4)],
  ])
  const proof = hmac(key, serverChallenge, blob)
  return { response: Buffer.concat([proof, blob]), sessionKey: hmac(key, proof) }
}

export function lmV2Response(key: Buffer, server: Buffer, client: Buffer): Buffer {
  return Buffer.concat([hmac(key, server, client), client])
}

function assemble(agreed: number, payload: Buffer[]): Buffer {
  const head = Buffer.alloc(headLength)
  signature.copy(head)
  head.writeUInt32LE(3, 8)
  let offset = headLength
  for (const [index, field] of payload.entries()) {
    head.writeUInt16LE(field.length, 12 + index * 8)
    head.writeUInt16LE(field.length, 14 + index * 8)
    head.writeUInt32LE(offset, 16 + index * 8)
    offset += field.length
  }
  head.writeUInt32LE(agreed >>> 0, 60)
  version.copy(head, 64)
  return Buffer.concat([head, ...payload])
}

/** Values by number, in their order. */
function readPairs(bytes: Buffer): Map<number, Buffer> {
  const pairs = new Map<number, Buffer>()
  for (let at = 0; at + 4 <= bytes.length;) {
    const number = bytes.readUInt16LE(at)
    const end = at + 4 + bytes.readUInt16LE(at + 2)
    if (number === pair.end) break
    pairs.set(number, bytes.subarray(at + 4, end))
    at = end
  }
  return pairs
}

function writePairs(pairs: Map<number, Buffer>): Buffer {
  const parts = [...pairs].flatMap(([number, value]) => {
    const head = Buffer.alloc(4)
    head.writeUInt16LE(number, 0)
    head.writeUInt16LE(value.length, 2)
    return [head, value]
  })
  return Buffer.concat([...parts, Buffer.alloc(4)])
}

/** 100 ns since 1601, MS-DTYP FILETIME. */
function fileTime(now: number): Buffer {
  const time = Buffer.alloc(8)
  time.writeBigUInt64LE((BigInt(Math.floor(now)) + 11_644_473_600_000n) * 10_000n)
  return time
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}

function hmac(key: Buffer, ...parts: Buffer[]): Buffer {
  const made = createHmac('md5', key)
  for (const part of parts) made.update(part)
  return made.digest()
}

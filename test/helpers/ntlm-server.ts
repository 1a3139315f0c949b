/**
 * A stand-in, for tests only, of a server that asks for NTLM as HTTP.sys does and whose handshake
 * goes wrong on order: no real one can be made to. It judges the proof with Cefline's own functions,
 * so that it says nothing about those; Apache with gss-ntlmssp does (test/peers/netwrix-auth.test.ts).
 *
 * A connection that is logged in stays so. Behind it is an API with one empty page.
 */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { ntlmV2Response, ntowfV2 } from '../../src/netwrix/auth/ntlm-messages.ts'

export type Trouble =
  /** The connection is closed right after the challenge. */
  | 'close-after-challenge'
  /** The challenge comes with `Connection: close`. */
  | 'say-close'
  /** The proof arrives at a server that knows no challenge, as behind a balancer. */
  | 'forget-challenge'
  /** The proof is answered with another challenge. */
  | 'challenge-again'
  /** The proof is taken and nothing is answered. */
  | 'close-after-proof'

export interface NtlmServerOptions {
  user?: string
  domain?: string
  password?: string
  /** WWW-Authenticate of the first answer; default: Negotiate and NTLM. */
  offers?: string[]
  tls?: { key: string; cert: string }
  /** MsvAvChannelBindings that a proof must have, in hexadecimal. */
  channelBinding?: string
}

export interface NtlmServer {
  url: string
  /** Every request: its leg (0: without a login, or on a connection that has one), the length of
   * its body and the number of its connection. */
  readonly legs: { leg: number; body: number; connection: number; status: number }[]
  /** Proofs that were judged, as a domain controller counts them. */
  readonly proofs: boolean[]
  /** What goes wrong with the next handshakes, one each. */
  readonly troubles: Trouble[]
  /** Closes every connection, as a server does with idle ones. */
  hangUp(): void
  /** Asks every connection for a login again. */
  forget(): void
  close(): Promise<void>
}

interface State {
  number: number
  challenge?: Buffer
  negotiate?: Buffer
  loggedIn?: boolean
}

const names = { 'content-type': 'application/json', server: 'Microsoft-HTTPAPI/2.0' }

export async function startNtlmServer(options: NtlmServerOptions = {}): Promise<NtlmServer> {
  const { user = 'siem', domain = 'ENTERPRISE', password = 'p4ss:wörd' } = options
  const { offers = ['Negotiate', 'NTLM'] } = options
  const states = new Map<Socket, State>()
  const server: Omit<NtlmServer, 'url'> = {
    legs: [],
    proofs: [],
    troubles: [],
    hangUp: () => {
      for (const socket of states.keys()) socket.destroy()
    },
    forget: () => {
      for (const state of states.values()) state.loggedIn = false
    },
    close: async () => {
      server.hangUp()
      await new Promise((resolve) => http.close(resolve))
    },
  }
  let connections = 0

  const respond = (request: IncomingMessage, answer: ServerResponse, body: number): void => {
    const { socket } = request
    const state = states.get(socket) ?? { number: (connections += 1) }
    states.set(socket, state)
    const [, text = ''] =
      /^(?:NTLM|Negotiate) (.*)$/.exec(request.headers.authorization ?? '') ?? []
    const message = Buffer.from(text, 'base64')
    const leg = message.length === 0 ? 0 : message.readUInt32LE(8)
    const send = (status: number, headers: Record<string, string | string[]>, content = '') => {
      server.legs.push({ leg, body, connection: state.number, status })
      answer.writeHead(status, { ...names, ...headers, 'content-length': content.length })
      answer.end(content)
    }
    if (leg === 0 && state.loggedIn === true) return send(200, {}, '{"ActivityRecordList":[]}')
    if (leg === 0) return send(401, { 'www-authenticate': offers })
    const trouble = server.troubles[0]
    if (leg === 1) {
      state.negotiate = message
      state.challenge = challengeMessage()
      const token = `NTLM ${state.challenge.toString('base64')}`
      const closes = trouble === 'close-after-challenge' || trouble === 'say-close'
      if (closes) server.troubles.shift()
      if (trouble === 'close-after-challenge') answer.once('finish', () => socket.destroy())
      return send(401, {
        'www-authenticate': token,
        ...(trouble === 'say-close' ? { connection: 'close' } : {}),
      })
    }
    if (trouble === 'forget-challenge') {
      server.troubles.shift()
      delete state.challenge
    }
    if (!state.challenge) return send(400, {}, '<h2>Bad Request</h2>')
    const { good, binding } = judge(message, state.challenge, user, domain, password)
    const right = good && (options.channelBinding ?? binding) === binding
    server.proofs.push(right)
    delete state.challenge
    if (trouble === 'close-after-proof') {
      server.troubles.shift()
      return void socket.destroy()
    }
    if (trouble === 'challenge-again') {
      server.troubles.shift()
      state.challenge = challengeMessage()
      return send(401, { 'www-authenticate': `NTLM ${state.challenge.toString('base64')}` })
    }
    if (!right) return send(401, { 'www-authenticate': offers })
    state.loggedIn = true
    send(200, {}, '{"ActivityRecordList":[]}')
  }

  const listener = (request: IncomingMessage, answer: ServerResponse): void => {
    let body = 0
    request.on('data', (chunk: Buffer) => (body += chunk.length))
    request.on('end', () => respond(request, answer, body))
  }
  const http = options.tls ? createSecureServer(options.tls, listener) : createServer(listener)
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  return Object.assign(server, { url: `http${options.tls ? 's' : ''}://127.0.0.1:${port}` })
}

/** CHALLENGE_MESSAGE with a name, a time, and a challenge of its own. */
function challengeMessage(): Buffer {
  const info = Buffer.from(`02000c00${utf16('DOMAIN')}07000800${'00'.repeat(7)}0100000000`, 'hex')
  const head = Buffer.alloc(48)
  head.write('NTLMSSP\0', 'latin1')
  head.writeUInt32LE(2, 8)
  head.writeUInt32LE(48, 16)
  head.writeUInt32LE(0xa2898205, 20)
  randomBytes(8).copy(head, 24)
  head.writeUInt16LE(info.length, 40)
  head.writeUInt16LE(info.length, 42)
  head.writeUInt32LE(48, 44)
  return Buffer.concat([head, info])
}

function judge(
  message: Buffer,
  challenge: Buffer,
  user: string,
  domain: string,
  password: string,
): { good: boolean; binding: string } {
  const field = (at: number) => {
    const offset = message.readUInt32LE(at + 4)
    return message.subarray(offset, offset + message.readUInt16LE(at))
  }
  const response = field(20)
  const [givenDomain, givenUser] = [field(28).toString('utf16le'), field(36).toString('utf16le')]
  const info = response.subarray(44, -4)
  const { response: due } = ntlmV2Response(
    ntowfV2(givenUser, givenDomain, password),
    challenge.subarray(24, 32),
    response.subarray(32, 40),
    response.subarray(24, 32),
    info,
  )
  const at = info.indexOf(Buffer.from('0a001000', 'hex'))
  const binding = at === -1 ? '' : info.toString('hex', at + 4, at + 20)
  const known = givenUser === user && givenDomain === domain
  return { good: known && due.equals(response), binding }
}

function utf16(text: string): string {
  return Buffer.from(text, 'utf16le').toString('hex')
}

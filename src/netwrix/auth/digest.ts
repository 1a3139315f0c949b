/**
 * Digest: proves the password without sending it. SHA-256 before MD5, with `qop=auth` and a nonce
 * count where the server knows them, so that one challenge serves many requests; a nonce that went
 * stale is replaced without a new attempt, and so, once, is one of before that the server has forgotten
 * and does not call stale.
 *
 * Source: RFC 7616; without a qop RFC 2069, as RFC 7616 section 3.4.1 keeps it.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { Account } from './account.ts'
import type { Challenge } from './challenges.ts'
import type { Answered, Leg, Scheme } from './scheme.ts'

/** Names of algorithms as challenges write them, the strongest first. */
const algorithms: [name: string, hash: string][] = [
  ['sha-256', 'sha256'],
  ['sha-256-sess', 'sha256'],
  ['md5', 'md5'],
  ['md5-sess', 'md5'],
]

/** Random by default; a test gives one. */
type MakeNonce = () => string

export class Digest implements Scheme {
  readonly name = 'Digest'
  readonly perConnection = false
  readonly #account: Account
  readonly #makeNonce: MakeNonce
  #challenge: Challenge | undefined
  /** One for each nonce: the key of a session is made of both, and Windows makes it only once. */
  #cnonce = ''
  #count = 0
  #said = 0
  /** What was said last went under a nonce of an earlier request. */
  #wasKept = false

  constructor(account: Account, makeNonce: MakeNonce = () => randomBytes(16).toString('hex')) {
    this.#account = account
    this.#makeNonce = makeNonce
  }

  begin(): void {
    this.#said = 0
  }

  async answer(challenge: Challenge | undefined, leg: Leg): Promise<Answered | undefined> {
    // A second "stale" in a row is a server that never takes a nonce, a 401 without it a refusal.
    if (this.#said > 0 && !(this.#said === 1 && this.#isStale(challenge))) return undefined
    this.#said += 1
    this.#wasKept = challenge === undefined
    if (challenge) {
      this.#challenge = challenge
      this.#cnonce = this.#makeNonce()
      this.#count = 0
    }
    if (!this.#challenge) return undefined
    this.#count += 1
    const authorization = this.#header(this.#challenge.parameters, leg)
    return { authorization, last: true }
  }

  /** A server that was started anew knows no nonce of before, and need not call it stale. */
  #isStale(challenge: Challenge | undefined): boolean {
    const { stale, nonce } = challenge?.parameters ?? {}
    if (stale?.toLowerCase() === 'true') return true
    return this.#wasKept && nonce !== undefined && nonce !== this.#challenge?.parameters['nonce']
  }

  #header(parameters: Record<string, string>, { method, path }: Leg): string {
    const { realm = '', nonce = '', opaque, algorithm } = parameters
    const [name, hash] = algorithmOf(algorithm) ?? ['md5', 'md5']
    const { username, password = '' } = this.#account
    const digest = (...parts: string[]) =>
      createHash(hash).update(parts.join(':'), 'utf8').digest('hex')
    const cnonce = this.#cnonce
    const count = this.#count.toString(16).padStart(8, '0')
    const plain = digest(username, realm, password)
    const secret = name.endsWith('-sess') ? digest(plain, nonce, cnonce) : plain
    const request = digest(method, path)
    const qop = hasQop(parameters)
    const response = qop
      ? digest(secret, nonce, count, cnonce, 'auth', request)
      : digest(secret, nonce, request)
    return [
      `Digest ${named(username)}`,
      `realm=${quoted(realm)}`,
      `nonce=${quoted(nonce)}`,
      `uri=${quoted(path)}`,
      ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
      ...(qop ? ['qop=auth', `nc=${count}`] : []),
      ...(qop || name.endsWith('-sess') ? [`cnonce=${quoted(cnonce)}`] : []),
      `response="${response}"`,
      ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
    ].join(', ')
  }
}

/** The strongest of the Digest challenges that can be answered: a known algorithm, no qop but `auth`. */
export function strongestDigest(challenges: readonly Challenge[]): Challenge | undefined {
  const rank = ({ parameters }: Challenge) => {
    const known = algorithmOf(parameters['algorithm'])
    return known === undefined ? algorithms.length : algorithms.indexOf(known)
  }
  return challenges
    .filter(({ scheme }) => scheme === 'digest')
    .filter(({ parameters }) => parameters['nonce'] !== undefined)
    .filter(({ parameters }) => parameters['qop'] === undefined || hasQop(parameters))
    .filter((challenge) => rank(challenge) < algorithms.length)
    .sort((a, b) => rank(a) - rank(b))[0]
}

function algorithmOf(name = 'MD5'): [name: string, hash: string] | undefined {
  return algorithms.find(([known]) => known === name.toLowerCase())
}

function hasQop({ qop }: Record<string, string>): boolean {
  return (qop ?? '').split(',').some((one) => one.trim().toLowerCase() === 'auth')
}

/** RFC 7616 section 3.4: a name that is not ASCII goes as RFC 8187 writes it. */
function named(username: string): string {
  if (/^[\x20-\x7e]*$/.test(username)) return `username=${quoted(username)}`
  const encoded = encodeURIComponent(username).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `username*=UTF-8''${encoded}`
}

function quoted(text: string): string {
  // A header goes out byte by byte: what is not ASCII as the bytes of its UTF-8.
  const bytes = Buffer.from(text, 'utf8').toString('latin1')
  return `"${bytes.replace(/["\\]/g, '\\$&')}"`
}

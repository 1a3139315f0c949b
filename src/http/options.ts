/**
 * What the sources that poll an HTTP API have alike in their options, and what is refused of it.
 */
import { error } from '../error.ts'
import { withoutUserinfo } from '../io/printable.ts'
import { tlsSchema } from '../io/tls.ts'

export const httpSchema = {
  timeout: {
    doc: 'Time for one answer, from the request to its last byte.',
    format: 'duration',
    default: 5 * 60_000,
  },
  proxy: {
    doc: 'HTTP proxy, such as `http://user:password@proxy:3128`; without it HTTPS_PROXY and NO_PROXY count; none: no proxy.',
    format: 'text?',
    default: null as string | null,
    sensitive: true,
  },
  tls: tlsSchema,
}

/** How a source's messages name what is its own. */
export interface UrlWords {
  /** `https://host:9699`. */
  example: string
  /** Of a user or password in the url: `put them into …`. */
  userinfo: string
  /** What anyone can read over plain HTTP: `password`. */
  secret: string
}

/** The url as it was written, or an error of code `config`; `place` is the source's path in the
 * configuration. */
export function readHttpUrl(
  { url, allowPlainHttp }: { url: string; allowPlainHttp: boolean },
  { example, userinfo, secret }: UrlWords,
  place: string,
): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined
  const refuse = (what: string) => error('config', `${place}.url ${what}`)
  if (!address || !/^https?:$/.test(address.protocol)) {
    throw refuse(`is “${withoutUserinfo(url)}”, no https address; write ${example}`)
  }
  if (address.username !== '' || address.password !== '') {
    throw refuse(`holds a user or password; ${userinfo}`)
  }
  if (address.search !== '' || address.hash !== '') {
    throw refuse(`has a query or fragment; write only ${address.origin}`)
  }
  if (address.protocol === 'http:' && !allowPlainHttp) {
    throw refuse(
      `is ${address.origin}, over which anyone can read the ${secret}; use https, or set ` +
        `${place}.allowPlainHttp: true if that network is yours alone`,
    )
  }
  return address
}

/** Throws `config` for times that no timer can keep. */
export function refuseTimes(times: Readonly<Record<string, number>>, place: string): void {
  for (const [option, value] of Object.entries(times)) {
    if (value > 0 && value < 2 ** 31) continue
    throw error(
      'config',
      `${place}.${option} is ${value} ms; write a time from 1ms to 24d, such as 60s`,
    )
  }
}

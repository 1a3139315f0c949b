/**
 * The HTTP proxy between here and a server: from the option `proxy`, else from HTTPS_PROXY
 * (HTTP_PROXY for an http url) and NO_PROXY as other programs read them. The environment is read
 * once, when the source is made.
 */
import { BlockList, isIP } from 'node:net'
import { error } from '../error.ts'
import { withoutUserinfo } from '../io/printable.ts'

export interface Proxy {
  /** Without user and password. */
  url: URL
  /** Value of Proxy-Authorization: secret. */
  authorization: string | undefined
  /** What set it: an option's path or a variable's name. */
  from: string
}

/** The proxy for this address, if there is to be one. Throws `config`; `place` is the source's path
 * in the configuration. `option` may be `none`: the environment's is not used then. */
export function proxyFor(
  url: URL,
  option: string | null,
  place: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Proxy | undefined {
  if (option === 'none') return undefined
  if (option !== null) return readProxy(option, `${place}.proxy`)
  const scheme = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  // The lower case is the older one, and what most programs look at first.
  const from = [scheme.toLowerCase(), scheme].find((name) => (environment[name] ?? '') !== '')
  if (from === undefined) return undefined
  const exempt = environment['no_proxy'] || environment['NO_PROXY'] || ''
  return isExempt(url, exempt) ? undefined : readProxy(environment[from] ?? '', from)
}

/** Whether NO_PROXY names the address: `*`, a name, a domain (`.example.com`), an address, each
 * with or without a port, or a network (`10.0.0.0/8`), which holds for a host written as an address:
 * no name is looked up for it. */
export function isExempt(url: URL, exempt: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return exempt
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*' || isInNetwork(host, entry)) return true
      const [, bracketed, plain = '', wanted] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [
        '',
        entry,
      ]
      if (wanted !== undefined && wanted !== port) return false
      const name = (bracketed ?? plain).replace(/^\*?\./, '')
      return name !== '' && (host === name || host.endsWith(`.${name}`))
    })
}

/** False for what is no network, or of the other family. */
function isInNetwork(host: string, entry: string): boolean {
  const [, network = '', bits] = /^\[?([\da-f.:]+)\]?\/(\d{1,3})$/.exec(entry) ?? []
  const family = isIP(network)
  const width = family === 4 ? 32 : 128
  if (family === 0 || isIP(host) !== family || Number(bits) > width) return false
  const name = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(network, Number(bits), name)
  return list.check(host, name)
}

function readProxy(text: string, from: string): Proxy {
  const written = text.includes('://') ? text : `http://${text}`
  const url = URL.canParse(written) ? new URL(written) : undefined
  const bare = url && (url.pathname === '/' || url.pathname === '') && url.search + url.hash === ''
  if (!url || !bare || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw error(
      'config',
      `${from} is “${withoutUserinfo(written)}”, no address of an HTTP proxy; write ` +
        'http://proxy.example.com:3128 (with user:password@ where it wants them, and special ' +
        'characters in them as %40)',
    )
  }
  const authorization = basic(url, from)
  url.username = ''
  url.password = ''
  return { url, authorization, from }
}

function basic({ username, password }: URL, from: string): string | undefined {
  if (username === '' && password === '') return undefined
  try {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    return `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`
  } catch {
    throw error('config', `${from} holds a user or password with a stray %: write %25 for it`)
  }
}

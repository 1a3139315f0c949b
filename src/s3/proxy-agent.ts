/**
 * Connections through an HTTP proxy for the AWS SDK, which has no option for one: CONNECT, then TLS
 * with the service itself inside. Source: RFC 9110 section 9.3.6.
 */
import { request as requestHttp } from 'node:http'
import { Agent, request as requestHttps } from 'node:https'
import type { AgentOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import { connect } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'

/** ms: the proxy has to reach the service meanwhile. */
const tunnelTimeout = 30_000

type Done = (failure: Error | null, socket?: Duplex) => void

/** An agent whose connections go through the proxy, `http://user:password@host:port`. */
export function proxyAgent(proxy: string, options: AgentOptions): Agent {
  const agent = new Agent(options)
  const createConnection = (target: ConnectionOptions, done: Done): undefined => {
    tunnel(new URL(proxy), target, done)
  }
  return Object.assign(agent, { createConnection })
}

function tunnel(proxy: URL, target: ConnectionOptions, done: Done): void {
  const authority = `${target.host}:${target.port}`
  const request = (proxy.protocol === 'https:' ? requestHttps : requestHttp)({
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...authorization(proxy) },
    timeout: tunnelTimeout,
    agent: false,
  })
  let over = false
  const fail = (why: string): void => {
    if (over) return
    over = true
    request.destroy()
    done(Object.assign(new Error(`the proxy ${proxy.host} ${why}`), { code: 'EPROXY' }))
  }
  request.once('connect', ({ statusCode }, socket) => {
    if (statusCode !== 200) {
      socket.destroy()
      fail(`answered ${statusCode} when asked for ${authority}`)
      return
    }
    socket.setTimeout(0)
    done(null, connect({ ...target, socket, servername: target.servername ?? target.host }))
  })
  request.once('response', ({ statusCode }) => fail(`answered ${statusCode} to CONNECT`))
  request.once('timeout', () => fail(`did not connect to ${authority} in time`))
  request.once('error', ({ message }) => fail(`failed (${message})`))
  request.end()
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` }
}

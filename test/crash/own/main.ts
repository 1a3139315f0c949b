/**
 * Our own receiver, as a process that can be killed: octet-counted syslog over TCP or TLS, with
 * client certificates. What it has read it has stored, with a synchronous write, before it reads on
 * or answers; so whatever it has answered for must be in its file. Part of a frame is not stored.
 *
 * `main.js OPTIONS`; how it behaves comes as messages from its parent.
 */
import { openSync, readFileSync, writeSync } from 'node:fs'
import { createServer } from 'node:net'
import { createServer as createSecureServer } from 'node:tls'
import type { Behave, OwnOptions } from './behaviour.ts'
import { Connection } from './connection.ts'

const options = JSON.parse(process.argv[2] ?? '') as OwnOptions
const file = openSync(options.output, 'a')
const store = (lines: string) => writeSync(file, lines)
const connections = new Set<Connection>()
let behave: Behave = { kind: 'good', bytes: 0 }

process.on('message', (told: Behave) => {
  behave = told
  for (const connection of connections) connection.behave(told)
  process.send?.('done')
})
process.on('disconnect', () => process.exit())

// The raw socket is needed for an RST; over TLS what is read comes from another one.
const server = createServer({ allowHalfOpen: true, pauseOnConnect: !options.tls }, (raw) => {
  const connection = new Connection(raw, store)
  connections.add(connection)
  raw.on('close', () => connections.delete(connection))
  connection.behave(behave)
  if (secure) secure.emit('connection', raw)
  else connection.read(raw)
})

const secure =
  options.tls &&
  createSecureServer({
    key: readFileSync(options.tls.key),
    cert: readFileSync(options.tls.cert),
    ca: readFileSync(options.tls.ca),
    requestCert: true,
    rejectUnauthorized: true,
    allowHalfOpen: true,
  })
    .on('secureConnection', (socket) => {
      const { remotePort } = socket
      const found = [...connections].find(({ raw }) => raw.remotePort === remotePort)
      if (found) found.read(socket)
      else socket.destroy()
    })
    .on('tlsClientError', () => {})

server.listen(options.port, '127.0.0.1')

/**
 * `cefline check` for `netwrix-push`: what the first listening would meet, with nothing changed.
 */
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { get as httpGet } from 'node:http'
import { get as httpsGet } from 'node:https'
import { createServer } from 'node:net'
import { dirname, resolve } from 'node:path'
import type { CheckStep } from '../core.ts'
import { error } from '../error.ts'
import { isThere, step } from '../io/check-step.ts'
import { errnoOf } from '../io/regular-file.ts'
import { findSelfSigned, namesOf } from '../io/self-signed.ts'
import { folderFailure, incomingOf, lackedText, readFiles } from './push-listener.ts'
import { certificateKind, pushAddress } from './push-options.ts'
import type { Options } from './push-options.ts'

/** ms that a Cefline that has the address already has for its answer. */
const patience = 3_000

/** With `connect` an address that is in use is asked who has it. */
export async function* checkPush(
  options: Options,
  place: string,
  connect: boolean,
): AsyncGenerator<CheckStep> {
  const { token, folder } = options
  yield await step('token', async () => {
    return token === null ? 'none: every program on this machine may send' : 'set'
  })
  yield await step('folder', () => checkFolder(resolve(folder)))
  yield await step('certificate', () => checkCertificate(options, place))
  yield await step('address', () => checkAddress(options, place, connect))
}

/** The folder, or the nearest one above it that is there, must take files. */
async function checkFolder(folder: string): Promise<string> {
  const incoming = incomingOf(folder)
  let nearest = incoming
  while (!(await isThere(nearest)) && nearest !== dirname(nearest)) nearest = dirname(nearest)
  try {
    if (!(await stat(nearest)).isDirectory()) {
      throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' })
    }
    await access(nearest, constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw folderFailure(folder, cause)
  }
  return nearest === incoming ? folder : `${folder} is made at the start`
}

async function checkCertificate(options: Options, place: string): Promise<string> {
  const kind = certificateKind(options)
  if (kind === 'none') return 'none: plain HTTP'
  if (kind === 'files') {
    await readFiles(options, place)
    return `that of ${place}.tls.cert`
  }
  const made = await findSelfSigned(resolve(options.folder)).catch((cause: unknown) => {
    throw folderFailure(options.folder, cause)
  })
  if (!made) return 'one is made at the start'
  const until = new Date(made.notAfter).toISOString().slice(0, 10)
  const lacked = lackedText(made, options, place)
  const is = `made by Cefline for ${namesOf(made.cert).join(', ')}, SHA-256 ${made.fingerprint}, until ${until}`
  return lacked === undefined ? is : `${is}; but ${lacked}`
}

async function checkAddress(options: Options, place: string, connect: boolean): Promise<string> {
  const { listen } = options
  const { host, port } = pushAddress(listen)
  const errno = await tryToListen(host, port)
  if (errno === undefined) return `${listen} is free`
  if (errno === 'EADDRINUSE') {
    if (!connect) return `${listen} is in use, as it is while Cefline runs; --connect asks by whom`
    if (await isCefline(options)) return `${listen} is Cefline’s already`
  }
  const why = errno === 'EADDRINUSE' ? 'is in use by another program' : `cannot be had (${errno})`
  throw error('config', `${place}.listen: "${listen}" ${why}; set another address`)
}

/** The error's name, or undefined when it could be listened on. */
async function tryToListen(host: string, port: number): Promise<string | undefined> {
  const server = createServer()
  try {
    await new Promise<void>((done, failed) => {
      server.once('error', failed).listen({ host, port, exclusive: true }, done)
    })
    await new Promise((done) => server.close(done))
    return undefined
  } catch (thrown) {
    return errnoOf(thrown)
  }
}

/** Asks the listener whether it is ready, with nothing of ours in the request. */
async function isCefline(options: Options): Promise<boolean> {
  const { host, port } = pushAddress(options.listen)
  const target = { host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host, port }
  const request = { ...target, path: '/v1/ready', timeout: patience, agent: false as const }
  const text = await new Promise<string>((done) => {
    const get = certificateKind(options) === 'none' ? httpGet : httpsGet
    const asked = get({ ...request, rejectUnauthorized: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        if (body.length < 1000) body += chunk
      })
      response.once('end', () => done(body)).once('error', () => done(''))
    })
    asked.once('error', () => done('')).once('timeout', () => asked.destroy())
  })
  return /^\{"(?:ready":true|error":"(?:stopping|full|rate)")/.test(text)
}

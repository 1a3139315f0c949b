/**
 * The control socket of a running appliance: `cefline.sock` in the spool's folder, for its owner
 * only. The socket is made in a folder that nobody else can enter, given mode 0600 there, and only
 * then moved to its name, so it can never be connected to by anybody else. One that was left behind
 * is replaced: whoever comes here owns the spool.
 *
 * An appliance runs without it as well: when it cannot be had, that is said and no more.
 */
import { chmod, lstat, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { asCefline } from '../error.ts'
import { version } from '../version.ts'
import { querySchemas } from './queries.ts'
import type { Verbs } from './verbs.ts'
import { isTooLong, socketPath } from './wire.ts'
import type { Message, Running } from './wire.ts'

export interface ControlOptions {
  /** The spool's. */
  folder: string
  operations: Verbs & { idle(): Promise<void> }
  notice(message: string): void
}

export interface ControlServer {
  /** Waits for the step that is being done. Safe twice. */
  close(): Promise<void>
}

/** A list of damaged blocks or of numbers may be long. */
const bodyLimit = 16 * 1024 * 1024

/** Never throws: without a socket the commands say so, and the rest works. */
export async function startControl(options: ControlOptions): Promise<ControlServer> {
  const { operations } = options
  const path = socketPath(options.folder)
  const without = (reason: string) => {
    options.notice(`there is no control socket (${reason}); commands cannot reach this process`)
    return { close: async () => {} }
  }
  if (isTooLong(path))
    return without(`${path} is longer than the 107 bytes a socket's name may have`)
  const server = createServer(operations)
  try {
    const inode = await listen(server, path)
    return {
      close: async () => {
        await removeOurs(path, inode)
        await server.close()
        await operations.idle()
      },
    }
  } catch (thrown) {
    await server.close()
    return without(asCefline(thrown).message)
  }
}

/** Returns the socket's inode. */
async function listen(server: FastifyInstance, path: string): Promise<bigint> {
  const entrance = join(dirname(path), '.control')
  try {
    await rm(entrance, { recursive: true, force: true })
    await mkdir(entrance, { mode: 0o700 })
    const made = join(entrance, 's')
    await server.listen({ path: made })
    await chmod(made, 0o600)
    const { ino } = await lstat(made, { bigint: true })
    await rename(made, path)
    return ino
  } finally {
    await rm(entrance, { recursive: true, force: true })
  }
}

/** Whoever took the spool over has put a socket of its own there. */
async function removeOurs(path: string, inode: bigint): Promise<void> {
  const found = await lstat(path, { bigint: true }).catch(() => undefined)
  // On a file system that has become read-only it stays, and is replaced at the next start.
  if (found?.ino === inode) await rm(path, { force: true }).catch(() => undefined)
}

function createServer(operations: Verbs): FastifyInstance {
  const server = fastify({
    bodyLimit,
    forceCloseConnections: true,
    // A query with a word too many is refused: passed over, it might choose more than was meant.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  })
  server.get('/', (): Running => ({ version, pid: process.pid }))
  for (const [verb, body] of Object.entries(querySchemas)) {
    const run = operations[verb as keyof Verbs].bind(operations) as Run
    server.post(`/${verb}`, { schema: { body } }, (request, reply) => {
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      reply.type('application/x-ndjson')
      return reply.send(Readable.from(messages(() => run(request.body), gone.signal)))
    })
  }
  return server
}

type Run = (query: unknown) => Promise<unknown> | AsyncIterable<unknown>

/** `gone`: nobody reads any more. */
async function* messages(run: () => ReturnType<Run>, gone: AbortSignal): AsyncGenerator<string> {
  const line = (message: Message) => `${JSON.stringify(message)}\n`
  try {
    const answer = run()
    if (Symbol.asyncIterator in answer)
      for await (const value of until(gone, answer)) yield line({ value })
    else yield line({ value: await answer })
    yield line({ end: true })
  } catch (thrown) {
    const { code, message } = asCefline(thrown)
    yield line({ error: { code, message } })
  }
}

/** Told at once when its reader goes: it may be waiting for something that never comes. */
function until<T>(gone: AbortSignal, answer: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = answer[Symbol.asyncIterator]()
  const end = () => void iterator.return?.().catch(() => {})
  gone.addEventListener('abort', end, { once: true })
  if (gone.aborted) end()
  return { [Symbol.asyncIterator]: () => iterator }
}

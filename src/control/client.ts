/**
 * The command's end of the control socket: the verbs of a running appliance.
 */
import { Client } from 'undici'
import { error, isCeflineError } from '../error.ts'
import type { DamagedBlock, FoundBlock, RejectQuery } from '../spool/spool.ts'
import type { History, Range } from '../telemetry/history.ts'
import type {
  Doer,
  ExportedLine,
  ExportQuery,
  ListedReject,
  NewCheckpoint,
  Overview,
  RejectChoice,
  Retried,
  ShownReject,
  SpoolListing,
  TapQuery,
  Tapped,
  TestQuery,
  TestStep,
  Verbs,
} from './verbs.ts'
import { isTooLong, socketPath } from './wire.ts'
import type { Message, Running } from './wire.ts'

/** ms that an appliance has to say who it is, and how it stands. */
const usualPatience = 10_000

/** Nobody listens: no socket, one that was left behind, or a file that is none. */
const nobody = ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'ENOTDIR']

/** Undici's code. */
const noAnswer = 'UND_ERR_HEADERS_TIMEOUT'

/**
 * The appliance that runs on this spool folder, or undefined when none answers there. Throws
 * `forbidden` when the socket is somebody else's, `lost` when the appliance stops meanwhile, `timeout`
 * when it does not say who it is.
 */
export async function connectControl(
  folder: string,
  patience = usualPatience,
): Promise<Control | undefined> {
  const path = socketPath(folder)
  if (isTooLong(path)) return undefined
  // The verbs take as long as they take.
  const options = { socketPath: path, headersTimeout: 0, bodyTimeout: 0 }
  const client = new Client('http://cefline', options)
  try {
    const { body } = await client.request({ path: '/', method: 'GET', headersTimeout: patience })
    return new Control(client, path, (await body.json()) as Running, patience)
  } catch (thrown) {
    await client.destroy()
    const { code = '' } = thrown as NodeJS.ErrnoException
    if (nobody.includes(code)) return undefined
    if (code === noAnswer) throw frozen(path, patience, thrown)
    if (code !== 'EACCES' && code !== 'EPERM') throw lost(path, thrown)
    throw error('forbidden', `${path} belongs to another user; run this as that user`, {
      cause: thrown,
    })
  }
}

export class Control implements Verbs {
  readonly running: Running
  readonly #client: Client
  readonly #path: string
  readonly #patience: number

  constructor(client: Client, path: string, running: Running, patience: number) {
    this.#client = client
    this.#path = path
    this.#patience = patience
    this.running = running
  }

  status(query: object): Promise<Overview> {
    return this.#one('status', query, this.#patience)
  }

  list(query: object): Promise<SpoolListing> {
    return this.#one('list', query, this.#patience)
  }

  lines(query: ExportQuery): AsyncIterable<ExportedLine[]> {
    return this.#many('lines', query)
  }

  setAside(query: { found: FoundBlock[] }): Promise<DamagedBlock[]> {
    return this.#one('setAside', query)
  }

  forget(query: { destination: string } & Doer): Promise<number> {
    return this.#one('forget', query)
  }

  setCheckpoint(query: NewCheckpoint): Promise<{ before?: string }> {
    return this.#one('setCheckpoint', query)
  }

  rejects(query: RejectQuery): Promise<ListedReject[]> {
    return this.#one('rejects', query, this.#patience)
  }

  records(query: { numbers: number[] }): AsyncIterable<ShownReject> {
    return this.#many('records', query)
  }

  retry(query: RejectChoice & Doer): AsyncIterable<Retried[]> {
    return this.#many('retry', query)
  }

  purge(query: RejectChoice & Doer): Promise<number> {
    return this.#one('purge', query)
  }

  tap(query: TapQuery): AsyncIterable<Tapped> {
    return this.#many('tap', query)
  }

  test(query: TestQuery): AsyncIterable<TestStep> {
    return this.#many('test', query)
  }

  history(query: { range: Range }): Promise<History> {
    return this.#one('history', query, this.#patience)
  }

  log(query: object): Promise<string[]> {
    return this.#one('log', query, this.#patience)
  }

  /** Safe twice. */
  async close(): Promise<void> {
    await this.#client.destroy()
  }

  async #one<T>(verb: keyof Verbs, query: object, patience?: number): Promise<T> {
    let found: T | undefined
    for await (const value of this.#many<T>(verb, query, patience)) found = value
    return found as T
  }

  /** `patience`: ms until the answer begins; without it there is no end to that. */
  async *#many<T>(verb: keyof Verbs, query: object, patience = 0): AsyncGenerator<T> {
    let ended = false
    try {
      for await (const message of this.#ask(verb, query, patience)) {
        if ('error' in message) throw error(message.error.code, message.error.message)
        if ('value' in message) yield message.value as T
        else ended = true
      }
    } catch (thrown) {
      if (isCeflineError(thrown)) throw thrown
      const isFrozen = (thrown as NodeJS.ErrnoException).code === noAnswer
      throw isFrozen ? frozen(this.#path, patience, thrown) : lost(this.#path, thrown)
    }
    if (!ended) throw lost(this.#path, undefined)
  }

  async *#ask(verb: keyof Verbs, query: object, headersTimeout: number): AsyncGenerator<Message> {
    const { statusCode, body } = await this.#client.request({
      path: `/${verb}`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(query),
      headersTimeout,
    })
    if (statusCode !== 200) throw refused(verb, this.running, await body.text())
    yield* jsonLines(body.setEncoding('utf8') as AsyncIterable<string>)
  }
}

/** Not by `readline`, which takes U+2028 for a line's end. */
async function* jsonLines(chunks: AsyncIterable<string>): AsyncGenerator<Message> {
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line) as Message
  }
}

function refused(verb: string, { version, pid }: Running, answer: string) {
  return error(
    'bad-request',
    `the running appliance (release ${version}, process ${pid}) does not take "${verb}" as asked: ${answer}; use the command of that release`,
  )
}

function frozen(path: string, patience: number, cause: unknown) {
  return error(
    'timeout',
    `${path}: an appliance has it, and has not answered within ${patience / 1000} s: its process is stopped, or waits for a disk; ask again, or end it and start it anew`,
    { cause },
  )
}

function lost(path: string, cause: unknown) {
  const reason = cause instanceof Error ? ` (${cause.message})` : ''
  return error(
    'lost',
    `${path}: the appliance went away before it had answered${reason}; what it had done is done, ask again`,
    { cause },
  )
}

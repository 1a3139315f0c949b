/**
 * Both ends of the control socket against each other.
 */
import { createServer } from 'node:net'
import { chmod, lstat, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { Client } from 'undici'
import { connectControl } from '../../src/control/client.ts'
import type { Control } from '../../src/control/client.ts'
import { startControl } from '../../src/control/server.ts'
import { error } from '../../src/error.ts'
import { unprivileged } from '../helpers/unprivileged.ts'
import { verbsOf } from '../helpers/verbs.ts'
import type { Verbs } from '../helpers/verbs.ts'

/** A socket's name has room for 107 bytes: more than tap's folders leave. */
async function folderFor(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cefline-'))
  t.teardown(() => rm(folder, { recursive: true }))
  return folder
}

async function serve(t: Test, folder: string, operations: Verbs = verbsOf()) {
  const notices: string[] = []
  const notice = (message: string) => void notices.push(message)
  const server = await startControl({ folder, operations, notice })
  t.teardown(() => server.close())
  return { server, notices }
}

async function connected(t: Test, folder: string): Promise<Control> {
  const control = await connectControl(folder)
  if (!control) throw new Error('nobody answers')
  t.teardown(() => control.close())
  return control
}

t.test('one value, many values, and errors with their code', async (t) => {
  const folder = await folderFor(t)
  const { notices } = await serve(
    t,
    folder,
    verbsOf({
      forget: async ({ destination }) => destination.length,
      lines: async function* ({ queue }) {
        yield [{ time: 1, severity: 2, cef: `${queue}\u2028 é` }]
        yield [{ time: 3, severity: 4, cef: 'b' }]
      },
      records: async function* ({ numbers }) {
        yield { number: numbers[0] ?? 0 } as never
        throw error('spool-failed', 'in the middle')
      },
    }),
  )
  t.strictSame(notices, [])
  const control = await connected(t, folder)
  t.equal(control.running.pid, process.pid)
  t.equal(await control.forget({ destination: 'four' }), 4)
  const lines: unknown[] = []
  for await (const some of control.lines({ queue: 'q' })) lines.push(...some)
  t.strictSame(lines, [
    { time: 1, severity: 2, cef: 'q\u2028 é' },
    { time: 3, severity: 4, cef: 'b' },
  ])
  await t.rejects(control.list({}), { code: 'internal', message: 'not here' })
  const seen: unknown[] = []
  await t.rejects(
    async () => {
      for await (const reject of control.records({ numbers: [7] })) seen.push(reject)
    },
    { code: 'spool-failed', message: 'in the middle' },
  )
  t.strictSame(seen, [{ number: 7 }], 'what came before is there')
})

t.test('a query with a word too many, or of the wrong kind, is refused', async (t) => {
  const folder = await folderFor(t)
  let asked = 0
  await serve(t, folder, verbsOf({ purge: async () => (asked += 1) }))
  const control = await connected(t, folder)
  for (const query of [{ sources: 'a' }, { numbers: ['1'] }, { all: 'false' }, { numbers: 1 }]) {
    await t.rejects(control.purge(query as never), { code: 'bad-request' }, JSON.stringify(query))
  }
  t.equal(asked, 0)
  t.equal(await control.purge({ source: 'a' }), 1)
})

t.test('the socket is its owner’s, replaces a stale one, and goes with the server', async (t) => {
  const folder = await folderFor(t)
  await writeFile(join(folder, 'cefline.sock'), 'left behind')
  t.equal(await connectControl(folder), undefined, 'a file is nobody')
  const { server } = await serve(t, folder)
  const path = join(folder, 'cefline.sock')
  const { mode } = await lstat(path)
  t.equal(mode & 0o777, 0o600)
  t.strictSame(await readdir(folder), ['cefline.sock'], 'and nothing beside it')
  await connected(t, folder)
  const second = await serve(t, folder)
  await server.close()
  await connected(t, folder)
  t.pass('the first one leaves the second one’s socket alone')
  await second.server.close()
  t.strictSame(await readdir(folder), [])
  t.equal(await connectControl(folder), undefined)
  await server.close()
})

t.test('a socket that nobody listens on is nobody', async (t) => {
  const folder = await folderFor(t)
  const made = createServer()
  const path = join(folder, 's')
  await new Promise<void>((resolve) => made.listen(path, resolve))
  await rename(path, join(folder, 'cefline.sock'))
  await new Promise((resolve) => made.close(resolve))
  t.ok((await lstat(join(folder, 'cefline.sock'))).isSocket(), 'it is still there')
  t.equal(await connectControl(folder), undefined)
  await serve(t, folder)
  await connected(t, folder)
})

t.test('without a socket the appliance runs, and says so', async (t) => {
  const folder = join(await folderFor(t), 'n'.repeat(110))
  await mkdir(folder)
  const { server, notices } = await serve(t, folder)
  t.match(notices, [/no control socket \(.*longer than the 107 bytes/])
  t.equal(await connectControl(folder), undefined)
  await server.close()
  const file = join(await folderFor(t), 'file')
  await writeFile(file, '')
  const other = await serve(t, file)
  t.match(other.notices, [/no control socket \(.*ENOTDIR/])
  await other.server.close()
})

t.test('another user’s socket says whose it is', async (t) => {
  await unprivileged(async (folder) => {
    const { server } = await serve(t, folder)
    await chmod(join(folder, 'cefline.sock'), 0)
    await t.rejects(connectControl(folder), { code: 'forbidden', message: /another user/ })
    await server.close()
  })
})

t.test('an answer that is cut short is no answer', async (t) => {
  const folder = await folderFor(t)
  let release = () => {}
  const { server } = await serve(
    t,
    folder,
    verbsOf({
      lines: async function* () {
        yield [{ time: 1, severity: 2, cef: 'a' }]
        await new Promise<void>((resolve) => (release = resolve))
      },
    }),
  )
  const control = await connected(t, folder)
  const seen: unknown[] = []
  await t.rejects(
    async () => {
      for await (const some of control.lines({ queue: 'q' })) {
        seen.push(some)
        void server.close()
      }
    },
    { code: 'lost' },
  )
  t.equal(seen.length, 1)
  release()
})

t.test('close waits for the change that is being made', async (t) => {
  const folder = await folderFor(t)
  let finish = () => {}
  const working = new Promise<void>((resolve) => (finish = resolve))
  const { server } = await serve(t, folder, verbsOf({ idle: () => working }))
  let closed = false
  const closing = server.close().then(() => (closed = true))
  await new Promise((resolve) => setImmediate(resolve))
  t.notOk(closed)
  finish()
  await closing
  t.ok(closed)
})

t.test('a reader that goes away ends the work', async (t) => {
  const folder = await folderFor(t)
  let ended = () => {}
  const over = new Promise<void>((resolve) => (ended = resolve))
  await serve(
    t,
    folder,
    verbsOf({
      lines: async function* () {
        try {
          for (;;) {
            yield [{ time: 1, severity: 2, cef: 'x'.repeat(100_000) }]
            await new Promise((resolve) => setImmediate(resolve))
          }
        } finally {
          ended()
        }
      },
    }),
  )
  const control = await connected(t, folder)
  for await (const some of control.lines({ queue: 'q' })) {
    t.equal(some.length, 1)
    break
  }
  await control.close()
  await over
})

t.test('what is no verb is not found', async (t) => {
  const folder = await folderFor(t)
  await serve(t, folder)
  const client = new Client('http://cefline', { socketPath: join(folder, 'cefline.sock') })
  t.teardown(() => client.destroy())
  const { statusCode, body } = await client.request({ path: '/idle', method: 'POST' })
  await body.dump()
  t.equal(statusCode, 404)
})

import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import type { Options } from '../../src/sources/netwrix-push.ts'
import { create } from '../../src/sources/netwrix-push.ts'
import { makeAuthority } from '../helpers/certificates.ts'
import { ask, bearer, freePort, header, row, token, usual, World } from '../netwrix/push-world.ts'

const rid1 = '20160215110503420B9451771F5964A9EAC0A5F35307EA155'
const two = header + row('ann') + row('bob')
const incoming = (folder: string) => readdirSync(join(folder, 'incoming'))

t.test(
  'a file is answered when its rows are durable, and adds nothing a second time',
  async (t) => {
    const folder = t.testdir({})
    const world = await World.start(folder)
    t.teardown(() => world.stop())
    const first = await world.send(two)
    t.equal(first.status, 200)
    const counts = { rows: 2, spooled: 2, alreadyGiven: 0, rejected: 0, ignored: 0 }
    t.match(first.said, { id: /^[0-9a-f]{24}$/, ...counts })
    t.strictSame(world.who, ['ann', 'bob'])
    for (const [headers, body, method] of [
      [{}, two, 'POST'],
      [{ 'content-encoding': 'gzip' }, gzipSync(two), 'PUT'],
      [{ 'content-type': 'application/x-www-form-urlencoded' }, two, 'POST'],
      [{ 'content-type': 'no such type' }, two, 'PUT'],
      [{ 'transfer-encoding': 'chunked' }, two, 'PUT'],
      [{ expect: '100-continue', 'content-length': two.length }, two, 'PUT'],
    ] as const) {
      const { status, said } = await world.send(body, headers, { method })
      t.equal(status, 200, JSON.stringify(headers))
      t.match(said, { id: first.said['id'], rows: 2, spooled: 0, alreadyGiven: 2 })
    }
    t.strictSame(world.who, ['ann', 'bob'])
    t.strictSame(incoming(folder), [], 'no file is left')
    t.equal(statSync(join(folder, 'incoming')).mode & 0o777, 0o700)
    t.notOk('server' in first.headers || 'x-powered-by' in first.headers, 'no banner')
  },
)

t.test('bad rows are set aside, a test row is ignored, and the file passes', async (t) => {
  const world = await World.start(t.testdir({}))
  t.teardown(() => world.stop())
  const bad = '13/13/2026\tmallory\tAdded\n'
  const { status, said } = await world.send(header + row('ann') + bad + '\t\t\n')
  t.equal(status, 200)
  t.match(said, {
    rows: 3,
    spooled: 1,
    rejected: 1,
    ignored: 1,
    rejects: [{ row: 3, code: 'date' }],
  })
  t.notMatch(JSON.stringify(said), /mallory|13/, 'no value of a record')
  t.match(world.rejects, [{ row: 3, origin: /^[0-9a-f]{24}-\d+\.csv$/ }])
  const [reject] = world.rejects
  t.ok(reject?.id)
  const stored = { ...reject!, number: 1, at: 0, source: 'push' }
  await t.rejects(world.source.remap(stored), { message: /row 3 has "13\/13\/2026"/ })
})

t.test('what can never pass has a reason', async (t) => {
  const folder = t.testdir({})
  const world = await World.start(folder)
  t.teardown(() => world.stop())
  for (const [body, headers, status, error] of [
    ['', {}, 400, 'no-csv'],
    ['<html>no</html>', {}, 400, 'no-csv'],
    ['{"a":1}', {}, 400, 'no-csv'],
    [gzipSync(two), {}, 400, 'no-csv'],
    ['PK\x03\x04 a workbook', {}, 400, 'no-csv'],
    [two, { 'content-encoding': 'gzip' }, 400, 'encoding'],
    [gzipSync(two).subarray(0, 30), { 'content-encoding': 'gzip' }, 400, 'encoding'],
    [two, { 'content-encoding': 'br' }, 415, 'encoding'],
    [two, { 'content-type': 'multipart/form-data; boundary=x' }, 415, 'form'],
    [header + row('x'.repeat(1_000_000)), {}, 413, 'too-large'],
    ['x'.repeat(3_000_000), { 'transfer-encoding': 'chunked' }, 413, 'too-large'],
    [gzipSync('x'.repeat(30_000_000)), { 'content-encoding': 'gzip' }, 413, 'too-large'],
    ['Colour\tShape\nred\tround\n', {}, 422, 'header'],
    [header, {}, 422, 'no-rows'],
    [two.replaceAll('\n', ''), {}, 422, 'no-rows'],
    [two, { 'idempotency-key': 'k'.repeat(300) }, 400, 'key'],
    [two, { 'content-range': 'bytes 0-99/200' }, 400, 'partial'],
    [two, { authorization: 'Bearer another' }, 401, 'token'],
    [two, { authorization: `Basic ${token}` }, 401, 'token'],
    [two, { authorization: '' }, 401, 'token'],
  ] as const) {
    const { status: got, said } = await world.send(body, headers)
    t.strictSame([got, said['error']], [status, error], String(said['message']))
  }
  t.strictSame(world.who, [])
  t.strictSame(incoming(folder), [])
  t.strictSame((await world.send(two)).status, 200, 'and the next one passes')
  const refused = world.notices.filter(({ code }) => code === 'push-refused')
  t.equal(new Set(refused.map(({ message }) => message)).size, refused.length)
  t.match(refused[0]?.message, /^a request from 127\.0\.0\.1 was answered 400 no-csv/)
})

t.test('other paths and methods', async (t) => {
  const world = await World.start(t.testdir({}))
  t.teardown(() => world.stop())
  const method = (name: string, path: string) => ask(world.port, { method: name, path })
  const deleted = await method('DELETE', '/v1/alerts')
  t.strictSame([deleted.status, deleted.headers.allow], [405, 'PUT, POST'])
  t.equal((await method('POST', '/v1/ready')).status, 405)
  t.equal((await method('GET', '/')).status, 404)
  t.equal((await method('GET', '/v1/%zz')).status >= 400, true)
  t.strictSame((await method('GET', '/v1/ready')).said, { ready: true })
  t.equal((await method('HEAD', '/v1/ready')).status, 200)
})

t.test('without a token: programs of this machine, and no web page', async (t) => {
  const world = await World.start(t.testdir({}), { token: null })
  t.teardown(() => world.stop())
  const { status, said } = await world.send(two, { origin: 'https://example.com' })
  t.strictSame([status, said['error']], [403, 'origin'])
  t.equal((await world.send(two, { authorization: '' })).status, 200)
})

t.test('a body is not asked for when the head is refused', async (t) => {
  const world = await World.start(t.testdir({}))
  t.teardown(() => world.stop())
  const headers = { expect: '100-continue', 'content-length': 900_000 }
  t.equal((await ask(world.port, { method: 'PUT', path: '/v1/alerts', headers })).status, 401)
  const large = { ...headers, ...bearer, 'content-length': 2_000_000 }
  t.equal(
    (await ask(world.port, { method: 'PUT', path: '/v1/alerts', headers: large })).status,
    413,
  )
})

t.test('an Idempotency-Key is a part of the identity, and loses nothing', async (t) => {
  const world = await World.start(t.testdir({}))
  t.teardown(() => world.stop())
  const key = { 'idempotency-key': 'one' }
  const bad = header + row('ann') + '13/13/2026\tbob\tAdded\n'
  const rid = `RID\tWho\n${rid1}\tcarol\n`
  t.match((await world.send(bad, key)).said, { spooled: 1, rejected: 1 })
  t.match((await world.send(bad, key)).said, { spooled: 0, alreadyGiven: 1 })
  t.equal(world.rejects.length, 1, 'the same reject is one')
  t.equal(new Set(world.ids).size, world.ids.length)
  const other = await world.send(header + row('eve'), key)
  t.strictSame([other.status, other.said['error']], [422, 'key-reused'])
  t.match((await world.send(bad, { 'idempotency-key': 'two' })).said, { spooled: 1 })
  t.match((await world.send(rid, { 'idempotency-key': 'three' })).said, { spooled: 1 })
  t.match((await world.send(rid)).said, { spooled: 0, alreadyGiven: 1 }, 'an RID is an RID')
  const free = { 'idempotency-key': 'free' }
  t.equal((await world.send(header, free)).status, 422)
  t.match((await world.send(rid, free)).said, { alreadyGiven: 1 }, 'a file without rows used none')
  t.strictSame(world.who, ['ann', 'ann', 'carol'])
})

t.test('many batches of one file, and rows that come twice in it', async (t) => {
  const world = await World.start(t.testdir({}), { maxBody: 64e6 })
  t.teardown(() => world.stop())
  const names = Array.from({ length: 20_000 }, (_, index) => `u${index}`)
  const large = header + names.map(row).join('')
  t.match((await world.send(large)).said, { rows: 20_000, spooled: 20_000 })
  t.strictSame(world.who, names)
  t.match((await world.send(large)).said, { rows: 20_000, alreadyGiven: 20_000, spooled: 0 })
  t.match((await world.send(`RID\tWho\n${rid1}\tx\n${rid1}\tx\n`)).said, {
    spooled: 1,
    alreadyGiven: 1,
  })
})

t.test('a full spool: 503, not ready, and all is well after it', async (t) => {
  const folder = t.testdir({})
  const world = await World.start(folder, { timeout: 100 })
  t.teardown(() => world.stop())
  const letGo = world.hold()
  const first = world.send(two)
  await world.until(() => incoming(folder).some((name) => name.endsWith('.csv')))
  const [inHand, waits] = await Promise.all([first, world.send(header + row('carol'))])
  for (const { status, headers, said } of [inHand, waits]) {
    t.strictSame([status, said['error']], [503, 'full'])
    t.ok(Number(headers['retry-after']) > 0)
  }
  const ready = async () => ask(world.port, { method: 'GET', path: '/v1/ready' })
  let unready = await ready()
  while (unready.status === 200) unready = await ready()
  t.strictSame([unready.status, unready.said['error']], [503, 'full'])
  t.equal((await world.send(header + row('dan'))).status, 503)
  letGo()
  await world.until(() => world.who.length === 2)
  t.strictSame(world.who, ['ann', 'bob'], 'what was in hand became durable all the same')
  t.match((await world.send(two)).said, { spooled: 0, alreadyGiven: 2 })
  t.match((await world.send(header + row('carol'))).said, { spooled: 1 })
  t.strictSame(incoming(folder), [])
})

t.test('a body that cannot be kept is no 200', async (t) => {
  const folder = t.testdir({})
  const world = await World.start(folder)
  t.teardown(() => world.stop())
  rmSync(join(folder, 'incoming'), { recursive: true })
  t.equal((await world.send(two)).status, 200, 'the folder is made again')
  rmSync(join(folder, 'incoming'), { recursive: true })
  writeFileSync(join(folder, 'incoming'), '')
  const { status, said } = await world.send(header + row('carol'))
  t.strictSame([status, said['error']], [503, 'failed'])
  t.match(world.notices.at(-1)?.message, /answered 503 failed/)
  rmSync(join(folder, 'incoming'))
  t.equal((await world.send(header + row('carol'))).status, 200)
  t.strictSame(world.who, ['ann', 'bob', 'carol'])
})

t.test('a file that is gone before it is read may come again, and it is said why', async (t) => {
  const folder = t.testdir({})
  const world = await World.start(folder)
  t.teardown(() => world.stop())
  const files = () => incoming(folder).filter((name) => name.endsWith('.csv'))
  for (const inItsPlace of [false, true]) {
    const letGo = world.hold()
    const first = world.send(two)
    await world.until(() => files().length === 1)
    const [held] = files()
    const second = world.send(header + row('carol'))
    await world.until(() => files().length === 2)
    const path = join(folder, 'incoming', files().find((name) => name !== held) ?? '')
    rmSync(path)
    if (inItsPlace) mkdirSync(path)
    letGo()
    t.equal((await first).status, 200)
    const { status, said } = await second
    t.strictSame([status, said['error']], [503, 'failed'])
    if (inItsPlace) rmSync(path, { recursive: true })
  }
  const told = world.notices.filter(({ code }) => code === 'file-unreadable')
  t.equal(told.length, 2)
  t.match(told[0]?.message, /^a file that was sent cannot be read: .*ENOENT/)
  t.match((await world.send(header + row('carol'))).said, { spooled: 1 })
})

t.test('an append that fails is no 200', async (t) => {
  const world = await World.start(t.testdir({}))
  t.teardown(() => world.stop())
  world.failure = new Error('the disk is gone')
  const failed = await world.send(two)
  t.strictSame([failed.status, failed.said['error']], [503, 'failed'])
  t.strictSame(world.who, [])
  let again = await world.send(two)
  while (again.status === 503) again = await world.send(two)
  t.match(again.said, { spooled: 2 })
})

t.test('the source is stopped with files on their way', async (t) => {
  const folder = t.testdir({})
  const world = await World.start(folder)
  const letGo = world.hold()
  const sent = world.send(two)
  const queued = world.send(header + row('carol'))
  await world.until(() => incoming(folder).filter((name) => name.endsWith('.csv')).length === 2)
  const aborted = world.abort()
  letGo()
  const answers = await Promise.all([sent, queued])
  t.strictSame(answers[1].status, 503)
  t.ok(answers[0].status === 200 ? world.who.length === 2 : answers[0].status === 503)
  await aborted
  t.strictSame(incoming(folder), [])
  await t.rejects(world.send(two), { code: 'ECONNREFUSED' })
  world.run()
  await world.until(() => world.notices.filter(({ code }) => code === 'listening').length === 2)
  t.equal((await world.send(two)).status, 200, 'and it can be run again')
  await world.stop()
})

t.test('a client that goes away in the middle of the body: nothing is taken', async (t) => {
  const folder = t.testdir({})
  const world = await World.start(folder)
  t.teardown(() => world.stop())
  for (const head of [
    'Content-Length: 5000',
    'Content-Length: 5000\r\nContent-Encoding: gzip',
    'Transfer-Encoding: chunked',
  ]) {
    const socket = connect(world.port, '127.0.0.1')
    const chunk = `${two.length.toString(16)}\r\n${two}\r\n`
    socket.write(
      `PUT /v1/alerts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n${head}\r\n\r\n`,
    )
    socket.write(head.startsWith('T') ? chunk : head.endsWith('gzip') ? gzipSync(two) : two)
    await world.until(() => incoming(folder).length === 1)
    socket.destroy()
    await world.until(() => incoming(folder).length === 0)
  }
  t.strictSame(world.who, [])
})

t.test(
  'what is left of a body that is too large flows off, and the connection goes on',
  async (t) => {
    const world = await World.start(t.testdir({}))
    t.teardown(() => world.stop())
    const put = `PUT /v1/alerts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n`
    const large = 'x'.repeat(3_000_000)
    const socket = connect(world.port, '127.0.0.1')
    t.teardown(() => void socket.destroy())
    let said = ''
    let isClosed = false
    socket.on('data', (chunk) => (said += chunk.toString())).on('error', () => {})
    socket.once('close', () => (isClosed = true))
    socket.write(`${put}Transfer-Encoding: chunked\r\n\r\n${large.length.toString(16)}\r\n${large}`)
    socket.write(`\r\n0\r\n\r\n${put}Content-Length: ${two.length}\r\n\r\n${two}`)
    await world.until(() => isClosed || said.includes('"spooled":2'))
    t.match(said, /^HTTP\/1\.1 413 [^]*"too-large"[^]*HTTP\/1\.1 200 /)
  },
)

t.test('so many requests a minute, and so many files at once', async (t) => {
  const world = await World.start(t.testdir({}), { rate: 3 })
  t.teardown(() => world.stop())
  for (let count = 0; count < 3; count += 1) t.equal((await world.send(two)).status, 200)
  const { status, headers, said } = await world.send(two)
  t.strictSame([status, said['error']], [429, 'rate'])
  t.ok(Number(headers['retry-after']) > 0)
  const busy = await World.start(t.testdir({}))
  t.teardown(() => busy.stop())
  const letGo = busy.hold()
  const sent = Array.from({ length: 20 }, (_, index) => busy.send(header + row(`u${index}`)))
  await Promise.race(sent)
  letGo()
  const answers = await Promise.all(sent)
  t.equal(answers.filter(({ status }) => status === 200).length, 16)
  t.equal(
    answers.filter((answer) => answer.status === 429 && answer.said['error'] === 'busy').length,
    4,
  )
  t.equal(busy.who.length, 16)
})

t.test('what a crash left is removed, and an address in use is told', async (t) => {
  const folder = t.testdir({ incoming: { '7.part': two, 'abc-1.csv': two, other: 'kept' } })
  const world = await World.start(folder)
  t.teardown(() => world.stop())
  t.strictSame(incoming(folder), ['other'])
  t.strictSame(world.who, [], 'nobody was told that they are durable')
  const taken = join(folder, 'incoming', 'def-2.csv')
  writeFileSync(taken, two)
  const second = create(
    { ...usual, folder, listen: `127.0.0.1:${world.port}` },
    { name: 'second', remembers: () => false },
  )
  const batches = second.batches(undefined, new AbortController().signal)
  await t.rejects(batches[Symbol.asyncIterator]().next(), {
    code: 'network',
    message: /sources\.second\.listen: "127\.0\.0\.1:\d+" is in use/,
  })
  await second.close()
  t.ok(statSync(taken), 'who has not the address leaves the other’s files alone')
})

t.test('options that cannot be used', async (t) => {
  const make = (options: Partial<Options>) => () =>
    create({ ...usual, ...options }, { name: 'push', remembers: () => false })
  const tls = usual.tls
  t.throws(make({ listen: '0.0.0.0:8515', token: null }), { message: /push\.token is not set/ })
  t.throws(make({ token: 'short' }), { message: /shorter than 16/ })
  t.throws(make({ token: 'a token with blanks in it' }), { code: 'config' })
  t.throws(make({ tls: { ...tls, cert: 'a.pem' } }), { message: /tls\.cert is set but/ })
  t.throws(make({ tls: { ...tls, cert: 'a', key: 'b', selfMade: true } }), { code: 'config' })
  t.throws(make({ tls: { ...tls, names: ['a b'] } }), { message: /"a b"/ })
  t.throws(make({ timeout: 0 }), { message: /timeout/ })
  t.throws(make({ timezone: 'Nowhere' }), { code: 'config' })
  t.doesNotThrow(make({ token: null }))
})

t.test('check changes nothing and says what it saw', async (t) => {
  const folder = join(t.testdir({}), 'push')
  const port = await freePort()
  const listen = `127.0.0.1:${port}`
  const check = async (options: Partial<Options>, connects = true) => {
    const source = create(
      { ...usual, folder, listen, ...options },
      { name: 'push', remembers: () => false },
    )
    const steps = []
    for await (const step of source.check(undefined, new AbortController().signal, connects)) {
      steps.push(step)
    }
    await source.close()
    return Object.fromEntries(steps.map(({ name, ok, detail }) => [name, `${ok} ${detail}`]))
  }
  t.match(await check({}), {
    token: 'true set',
    folder: /^true .* is made at the start$/,
    certificate: 'true none: plain HTTP',
    address: /^true .* is free$/,
  })
  t.match(await check({ token: null, tls: { ...usual.tls, selfMade: true } }), {
    token: /^true none/,
    certificate: 'true one is made at the start',
  })
  t.throws(() => statSync(folder), { code: 'ENOENT' })
  t.match(await check({ tls: { ...usual.tls, cert: 'no.pem', key: 'no.key' } }), {
    certificate: /^false sources\.push\.tls\.cert: cannot read no\.pem/,
  })
  writeFileSync(folder, '')
  t.match(await check({}), { folder: /^false .*ENOTDIR/ })
  const other = createServer((_request, response) => response.end('hello'))
  await new Promise<void>((done) => other.listen(port, '127.0.0.1', done))
  t.match(await check({}), { address: /^false .* is in use by another program/ })
  t.match(await check({}, false), { address: /^true .* is in use/ })
  await new Promise((done) => other.close(done))
  const world = await World.start(join(folder, '..', 'other'))
  t.match(await check({ listen: `127.0.0.1:${world.port}` }), { address: /Cefline’s already$/ })
  await world.stop()
})

t.test('names that the certificate it made does not have', async (t) => {
  const folder = t.testdir({})
  const tls = { ...usual.tls, selfMade: true }
  await (await World.start(folder, { tls })).stop()
  const named = { ...tls, names: ['127.0.0.1', '*.example.com'] }
  const world = await World.start(folder, { tls: named })
  t.teardown(() => world.stop())
  t.match(world.notices[1], {
    level: 'warn',
    message:
      /certificate\.pem was made before and lacks \*\.example\.com of sources\.push\.tls\.names; remove/,
  })
  const steps = []
  for await (const step of world.source.check(undefined, AbortSignal.abort(), false)) {
    steps.push(step)
  }
  t.match(steps[2], { name: 'certificate', ok: true, detail: /made by Cefline.*; but .* lacks/ })
  await world.stop()
  rmSync(join(folder, 'certificate-and-key.pem'))
  const anew = await World.start(folder, { tls: named })
  t.teardown(() => anew.stop())
  t.strictSame(
    anew.notices.map(({ code }) => code),
    ['listening'],
  )
})

t.test('with certificate files', async (t) => {
  const folder = t.testdir({})
  const authority = await makeAuthority(folder)
  const { cert, key } = await authority.sign('push')
  const world = await World.start(join(folder, 'push'), { tls: { ...usual.tls, cert, key } })
  t.teardown(() => world.stop())
  t.match(
    world.notices[0]?.message,
    /https:\/\/.* with the certificate of sources\.push\.tls\.cert/,
  )
  await t.rejects(world.send(two), 'plain HTTP is not spoken there')
})

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import t from 'tap'
import { freePort } from '../../helpers/daemon.ts'
import { fingerprintOf, makeAuthority, makeSelfSigned } from '../../helpers/certificates.ts'
import type { Certificate } from '../../helpers/certificates.ts'
import { needs } from '../../helpers/peers.ts'
import { blockOf, cefLine, Feed, recorder, startSink } from '../../helpers/sink.ts'
import { syslogTo } from '../../helpers/syslog-options.ts'
import type { Some } from '../../helpers/syslog-options.ts'

const live = () => new AbortController().signal
const served = ({ cert, key }: Certificate) => ({
  cert: readFileSync(cert),
  key: readFileSync(key),
})

/** Runs a delivery of one block to the port, to its end. */
async function deliver(url: string, options: Some = {}) {
  const delivery = recorder()
  const feed = new Feed(blockOf(1, [cefLine(1)]))
  feed.end()
  await syslogTo(url, options).deliver(feed, delivery, live())
  return delivery
}

t.test('blocks arrive in order and have their receipts; the connection is ended', async (t) => {
  const sink = await startSink(t)
  const delivery = recorder()
  const feed = new Feed()
  const lines: string[] = []
  for (let sequence = 1; sequence <= 20; sequence += 1) {
    const block = Array.from({ length: 500 }, (_, index) => cefLine(sequence * 1000 + index, 'é'))
    lines.push(...block)
    feed.add(blockOf(sequence, block))
  }
  feed.end()
  await syslogTo(`tcp://127.0.0.1:${sink.port}`).deliver(feed, delivery, live())
  await sink.until(lines.length)
  t.same(
    sink.lines(),
    lines.map((line) => `<164>Jan  8 11:07:53 auditor ${line}`),
  )
  t.equal(delivery.receipts.at(-1), 20)
  t.match(delivery.connections, [/^tcp:\/\/127\.0\.0\.1:\d+ \(127\.0\.0\.1\)$/])
  t.equal(sink.connections, 1)
})

t.test('abort: what is out gets its receipt, then delivery returns', async (t) => {
  const sink = await startSink(t)
  const delivery = recorder()
  const feed = new Feed(blockOf(1, [cefLine(1)]))
  const abort = new AbortController()
  const done = syslogTo(`tcp://127.0.0.1:${sink.port}`).deliver(feed, delivery, abort.signal)
  await sink.until(1)
  t.same(delivery.receipts, [])
  abort.abort()
  await done
  t.same(delivery.receipts, [1])
  feed.add(blockOf(2, [cefLine(2)]))
})

t.test('abort before and during the connection returns at once', async (t) => {
  const delivery = recorder()
  await syslogTo('tcp://127.0.0.1:1').deliver(new Feed(), delivery, AbortSignal.abort())
  const sink = await startSink(t, { tls: {} })
  const abort = new AbortController()
  const done = syslogTo(`tls://127.0.0.1:${sink.port}`).deliver(new Feed(), delivery, abort.signal)
  abort.abort()
  await done
  t.same(delivery.connections, [])
})

t.test(
  'abort while the receiver reads nothing ends in bounded time, without a receipt',
  async (t) => {
    const sink = await startSink(t, { onSocket: (socket) => socket.pause() })
    const delivery = recorder()
    const feed = new Feed()
    const big = Array.from({ length: 2000 }, (_, index) => cefLine(index, 'x'.repeat(7000)))
    feed.add(blockOf(1, big))
    const abort = new AbortController()
    const done = syslogTo(`tcp://127.0.0.1:${sink.port}`).deliver(feed, delivery, abort.signal)
    await new Promise((resolve) => setTimeout(resolve, 200))
    abort.abort()
    await done
    t.same(delivery.receipts, [])
  },
)

t.test('the receiver closes, resets or stalls: no receipt, and delivery throws', async (t) => {
  for (const [name, misbehave] of [
    ['closes at the first byte', 'end'],
    ['resets at the first byte', 'resetAndDestroy'],
  ] as const) {
    await t.test(name, async (t) => {
      const sink = await startSink(t, {
        onSocket: (socket) => socket.once('data', () => socket[misbehave]()),
      })
      const delivery = recorder()
      const feed = new Feed(blockOf(1, [cefLine(1)]))
      const done = syslogTo(`tcp://127.0.0.1:${sink.port}`).deliver(feed, delivery, live())
      await t.rejects(done, { code: 'lost', message: /no receipt is sent again/ })
      t.same(delivery.receipts, [])
    })
  }

  await t.test('takes nothing any more', async (t) => {
    const sink = await startSink(t, { onSocket: (socket) => socket.pause() })
    const big = Array.from({ length: 2000 }, (_, index) => cefLine(index, 'x'.repeat(7000)))
    const feed = new Feed(blockOf(1, big))
    const delivery = recorder()
    const destination = syslogTo(`tcp://127.0.0.1:${sink.port}`, { timeout: 300 })
    await t.rejects(destination.deliver(feed, delivery, live()), {
      code: 'timeout',
      message: /took nothing for 0\.3 s \(destinations\.siem\.timeout\)/,
    })
    t.same(delivery.receipts, [])
  })

  await t.test('a slow one is not a stalled one', async (t) => {
    let read = 0
    const sink = await startSink(t, {
      onSocket: (socket) => {
        socket.on('data', (data) => {
          read += data.length
          socket.pause()
          setTimeout(() => socket.resume(), 5)
        })
      },
    })
    const big = Array.from({ length: 1000 }, (_, index) => cefLine(index, 'x'.repeat(7000)))
    const feed = new Feed(blockOf(1, big))
    feed.end()
    const delivery = recorder()
    await syslogTo(`tcp://127.0.0.1:${sink.port}`, { timeout: 1000 }).deliver(
      feed,
      delivery,
      live(),
    )
    t.same(delivery.receipts, [1])
    t.ok(read > 0)
  })

  await t.test('an idle connection that is closed is noticed without a write', async (t) => {
    const sink = await startSink(t)
    const delivery = recorder()
    const feed = new Feed(blockOf(1, [cefLine(1)]))
    const done = syslogTo(`tcp://127.0.0.1:${sink.port}`).deliver(feed, delivery, live())
    await delivery.received(1)
    for (const socket of sink.sockets) socket.end()
    await t.rejects(done, { code: 'lost', message: /closed the connection/ })
    feed.end()
  })
})

t.test('a new delivery after a break sends whole messages from where it is given', async (t) => {
  const sink = await startSink(t)
  for (const sequence of [1, 2]) {
    const feed = new Feed(blockOf(sequence, [cefLine(sequence)]))
    feed.end()
    await syslogTo(`tcp://127.0.0.1:${sink.port}`).deliver(feed, recorder(), live())
  }
  await sink.until(2)
  t.equal(sink.connections, 2)
})

t.test('a line that cannot be sent is reported, and its block is received', async (t) => {
  const sink = await startSink(t)
  const delivery = recorder()
  const feed = new Feed(blockOf(1, ['x'.repeat(9000)]), blockOf(2, [cefLine(2)]))
  feed.end()
  await syslogTo(`tcp://127.0.0.1:${sink.port}`).deliver(feed, delivery, live())
  t.equal(delivery.receipts.at(-1), 2)
  t.match(delivery.rejects, [{ sequence: 1, line: 0, code: 'too-large' }])
})

t.test('errors before the connection stands name the url and the cure', async (t) => {
  const port = await freePort()
  await t.rejects(deliver(`tcp://127.0.0.1:${port}`), {
    code: 'refused',
    message: new RegExp(`^tcp://127.0.0.1:${port} refused .* correct destinations.siem.url`),
  })
  await t.rejects(deliver('tcp://no-such-host.invalid'), {
    code: 'dns',
    message: /^tcp:\/\/no-such-host\.invalid:514 /,
  })
})

t.test('TLS', needs('openssl'), async (t) => {
  const folder = t.testdir()
  const authority = await makeAuthority(folder)
  const server = await authority.sign('localhost', { san: 'IP:127.0.0.1,DNS:siem.test' })
  const ca = authority.cert

  await t.test('counted messages, by default, over 1.3 and 1.2', async (t) => {
    for (const version of ['TLSv1.3', 'TLSv1.2'] as const) {
      const sink = await startSink(t, { tls: { ...served(server), maxVersion: version } })
      const delivery = await deliver(`tls://127.0.0.1:${sink.port}`, { tls: { ca } })
      const message = `<164>1 2026-01-08T11:07:53.042Z auditor.example.com cefline - - - ${cefLine(1)}`
      await sink.until(/msg=x/)
      t.equal(sink.received(), `${message.length} ${message}`)
      t.match(delivery.connections, [new RegExp(`${version} .*localhost`)])
      t.same(delivery.notices, [])
    }
  })

  await t.test('many blocks, in order, to the last byte', async (t) => {
    const sink = await startSink(t, { tls: served(server) })
    const lines = Array.from({ length: 6000 }, (_, index) => cefLine(index, 'ä'.repeat(100)))
    const feed = new Feed()
    for (let at = 0; at < lines.length; at += 1500) {
      feed.add(blockOf(at / 1500 + 1, lines.slice(at, at + 1500)))
    }
    feed.end()
    const delivery = recorder()
    const options = { tls: { ca }, format: 'rfc3164', framing: 'lf' } as const
    await syslogTo(`tls://127.0.0.1:${sink.port}`, options).deliver(feed, delivery, live())
    await sink.until(lines.length)
    t.same(
      sink.lines(),
      lines.map((line) => `<164>Jan  8 11:07:53 auditor ${line}`),
    )
    t.equal(delivery.receipts.at(-1), 4)
  })

  await t.test('close_notify comes before the end', async (t) => {
    let ended = false
    const sink = await startSink(t, {
      tls: served(server),
      onSocket: (socket) => {
        socket.resume()
        socket.once('end', () => (ended = true))
      },
    })
    await deliver(`tls://127.0.0.1:${sink.port}`, { tls: { ca } })
    t.ok(ended)
  })

  const wrong: [name: string, certificate: Certificate, tls: Some['tls'], message: RegExp][] = [
    ['expired', await authority.sign('localhost', { days: -1 }), { ca }, /expired certificate/],
    ['unknown authority', server, {}, /not trusted: set destinations\.siem\.tls\.ca/],
    ['self-signed', await makeSelfSigned(folder, 'localhost'), {}, /not trusted/],
    ['wrong name', server, { ca, servername: 'other.test' }, /another name than other\.test/],
    ['wrong pin', server, { fingerprint: fingerprintOf(authority) }, /not the pinned/],
    ['a pin that is none', server, { fingerprint: 'abc' }, /no SHA-256 fingerprint/],
    ['no such file', server, { ca: `${folder}/none.pem` }, /tls\.ca: cannot read .* \(ENOENT\)/],
    ['a certificate without its key', server, { ca, cert: ca }, /tls\.key is not: set both/],
    ['another certificate’s key', server, { cert: ca, key: server.key }, /does not belong/],
    ['no certificate in the file', server, { ca: server.key }, /no PEM certificate/],
  ]
  for (const [name, certificate, tls, message] of wrong) {
    await t.test(name, async (t) => {
      const sink = await startSink(t, { tls: served(certificate) })
      const failing = deliver(`tls://127.0.0.1:${sink.port}`, { tls })
      await t.rejects(failing, { message })
      t.equal(sink.received(), '')
    })
  }

  await t.test('a port without TLS', async (t) => {
    const sink = await startSink(t, {
      onSocket: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    })
    await t.rejects(deliver(`tls://127.0.0.1:${sink.port}`), {
      code: 'tls',
      message: /does not speak TLS on this port.*tcp:\/\//,
    })
    const closing = await startSink(t, { onSocket: (socket) => socket.destroy() })
    await t.rejects(deliver(`tls://127.0.0.1:${closing.port}`), {
      code: 'tls',
      message: /closed the connection during the TLS handshake/,
    })
  })

  await t.test('a port that says nothing', async (t) => {
    const sink = await startSink(t)
    await t.rejects(deliver(`tls://127.0.0.1:${sink.port}`, { timeout: 200 }), {
      code: 'timeout',
      message: /^tls:\/\/127\.0\.0\.1:\d+ /,
    })
  })

  await t.test('verify: false is said at each connection', async (t) => {
    const sink = await startSink(t, { tls: served(server) })
    for (const tls of [{ verify: false }, { verify: false, ca }]) {
      const { notices } = await deliver(`tls://127.0.0.1:${sink.port}`, { tls })
      t.match(notices, [{ level: 'warn', code: 'tls', message: /not checked/ }])
    }
  })

  await t.test('the pinned certificate needs no authority and no name', async (t) => {
    const own = await makeSelfSigned(folder, 'anything')
    const sink = await startSink(t, { tls: served(own) })
    const fingerprint = fingerprintOf(own).replaceAll(':', '').toLowerCase()
    const { notices } = await deliver(`tls://127.0.0.1:${sink.port}`, { tls: { fingerprint } })
    t.same(notices, [])
  })

  await t.test('a renewed file is read by the next configuration', async (t) => {
    const sink = await startSink(t, { tls: served(server) })
    const other = await makeAuthority(folder, 'Other CA')
    await copyFile(other.cert, `${folder}/renewed.pem`)
    const destination = () =>
      syslogTo(`tls://127.0.0.1:${sink.port}`, { tls: { ca: `${folder}/renewed.pem` } })
    const feed = new Feed()
    feed.end()
    await t.rejects(destination().deliver(feed, recorder(), live()), /not trusted/)
    await copyFile(authority.cert, `${folder}/renewed.pem`)
    await destination().deliver(feed, recorder(), live())
  })

  await t.test('a reset over TLS', async (t) => {
    const sink = await startSink(t, {
      tls: served(server),
      onSocket: (socket) => socket.once('data', () => socket.destroy()),
    })
    await t.rejects(deliver(`tls://127.0.0.1:${sink.port}`, { tls: { ca } }), { code: 'lost' })
  })

  await t.test('a stall over TLS', async (t) => {
    const sink = await startSink(t, { tls: served(server), onSocket: (socket) => socket.pause() })
    const big = Array.from({ length: 2000 }, (_, index) => cefLine(index, 'x'.repeat(7000)))
    const feed = new Feed(blockOf(1, big))
    const destination = syslogTo(`tls://127.0.0.1:${sink.port}`, { tls: { ca }, timeout: 2000 })
    await t.rejects(destination.deliver(feed, recorder(), live()), {
      message: /took nothing for/,
    })
  })

  await t.test('check', async (t) => {
    const sink = await startSink(t, { tls: served(server) })
    const names: string[] = []
    const destination = syslogTo(`tls://127.0.0.1:${sink.port}`, { tls: { ca } })
    for await (const step of destination.check(live(), true)) {
      names.push(step.name)
      t.ok(step.ok, `${step.name}: ${step.detail}`)
      if (step.name === 'tls') t.match(step.detail, /^TLSv1\.3 .*localhost, \d+ days to its expiry/)
    }
    t.same(names, ['config', 'hostname', 'certificates', 'dns', 'tcp', 'tls'])
    for (const socket of sink.sockets) await once(socket, 'close')
    t.equal(sink.received(), '')
  })
})

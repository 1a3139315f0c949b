/**
 * A receiver whose certificate is of an authority that is not trusted: what is said names who issued it
 * and whom `tls.ca` has.
 */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { makeAuthority } from '../../helpers/certificates.ts'
import { needs } from '../../helpers/peers.ts'
import { startSink } from '../../helpers/sink.ts'
import { syslogTo } from '../../helpers/syslog-options.ts'

t.test('with the authority of another, and with none', needs('openssl'), async (t) => {
  const right = await makeAuthority(t.testdir(), 'Right CA')
  const wrong = await makeAuthority(t.testdirName, 'Wrong CA')
  const { cert, key } = await right.sign('siem')
  const sink = await startSink(t, { tls: { cert: readFileSync(cert), key: readFileSync(key) } })
  const said = async (tls: object) => {
    const destination = syslogTo(`tls://127.0.0.1:${sink.port}`, { tls })
    let last = ''
    for await (const { detail } of destination.check(AbortSignal.timeout(60_000), true)) {
      last = detail
    }
    await destination.close()
    return last
  }
  t.match(
    await said({ ca: wrong.cert }),
    /has a certificate of “CN=Right CA”, which is not trusted: correct \S+\.tls\.ca \(it holds “CN=Wrong CA”\) to its CA file, or set \S+\.tls\.fingerprint$/,
  )
  t.match(
    await said({}),
    /has a certificate of “CN=Right CA”, which is not trusted: set \S+\.tls\.ca to its CA file, or set /,
  )
  t.match(await said({ ca: right.cert }), /^TLSv1\.3 /)
})

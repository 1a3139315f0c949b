import t from 'tap'
import { readAddress } from '../../../src/destinations/syslog/target.ts'

t.test('urls that are read', (t) => {
  const rows: [text: string, transport: string, host: string, port: number, url: string][] = [
    ['udp://siem', 'udp', 'siem', 514, 'udp://siem:514'],
    ['tcp://10.0.0.1', 'tcp', '10.0.0.1', 514, 'tcp://10.0.0.1:514'],
    ['tls://siem.example.com', 'tls', 'siem.example.com', 6514, 'tls://siem.example.com:6514'],
    [
      'TLS://Siem.Example.com:6515/',
      'tls',
      'siem.example.com',
      6515,
      'tls://siem.example.com:6515',
    ],
    ['relp://siem', 'relp', 'siem', 2514, 'relp://siem:2514'],
    ['relps://siem:20514', 'relps', 'siem', 20514, 'relps://siem:20514'],
    ['tcp://[fd00::1]:601', 'tcp', 'fd00::1', 601, 'tcp://[fd00::1]:601'],
    [
      'tcp://bücher.example',
      'tcp',
      'xn--bcher-kva.example',
      514,
      'tcp://xn--bcher-kva.example:514',
    ],
  ]
  for (const [text, transport, host, port, url] of rows) {
    t.same(readAddress(text, 'place'), { transport, host, port, url })
  }
  t.end()
})

t.test('urls that are not', (t) => {
  const rows: [text: string, message: RegExp][] = [
    ['https://siem', /use udp:\/\/, tcp:\/\/, tls:\/\/, relp:\/\/ or relps:\/\//],
    ['siem:514', /no syslog url/],
    ['tcp://siem:0', /from 1 to 65535/],
    ['tcp://siem:65536', /from 1 to 65535/],
    ['tcp://siem/path', /no syslog url/],
    ['tcp://', /no host name/],
    ['tcp://[::g]', /no host name/],
    ['', /no syslog url/],
  ]
  for (const [text, message] of rows) {
    t.throws(() => readAddress(text, 'destinations.siem.url'), { code: 'config', message }, text)
  }
  t.end()
})

t.test('a user or password is refused and in no message', (t) => {
  for (const text of [
    'tcp://user:s3cret@siem',
    'tls://user:s3c/s3cret@siem:x',
    'https://user:s3cret@siem',
    'relp://user:s3cret @siem',
    'user:s3cret@siem',
  ]) {
    try {
      readAddress(text, 'destinations.siem.url')
      t.fail(text)
    } catch (thrown) {
      const { message } = thrown as Error
      t.match(message, /^destinations\.siem\.url is “.*\*\*\*\*@siem.*holds a user or password/)
      t.notMatch(message, /s3c/)
    }
  }
  t.end()
})

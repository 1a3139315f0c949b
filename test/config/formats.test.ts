import t from 'tap'
import { plainDocument } from '../../src/config/document.ts'
import { Problems } from '../../src/config/problems.ts'
import { readSection } from '../../src/config/section.ts'

/** What the format makes of a value; a text that begins with ! is what is said of it. */
function read(format: string, value: unknown, more: { min?: number } = {}): unknown {
  const schema = { option: { doc: 'An option.', format, default: null, ...more } }
  const problems = new Problems(plainDocument({}, 'test'))
  const { option } = readSection(schema, { option: value }, [], problems)
  try {
    problems.throwIfAny()
    return option
  } catch (thrown) {
    return `!${(thrown as Error).message.replace('test option: ', '')}`
  }
}

const size = 'is not a size; write 512KiB, 1MB, 10GB or a number of bytes'
const duration = 'is not a duration; write 30s, 5m or 1h'
const silence = 'is not a duration; write auto, 30m or 4h'
const flag = 'is not a yes or no; write true or false'
const whole = 'is not a whole number; write 0, 1 or 1000'
const port = 'is not a port; write a number from 1 to 65535, such as 6514'
const url = 'is not a url; write tls://sensor.example.com:6514 or https://auditor.example.com:9699'
const syslogUrl =
  'is not a url; write tls://sensor.example.com:6514 or tcp://sensor.example.com:514'
const account = 'holds a user or password; leave it out, an account has options of its own'
const names = 'is not a list of names; write [alerts, activity]'
const zone = 'is not a time zone; write UTC or Europe/Berlin'
const listen = 'is not an address and port; write 127.0.0.1:8514, [::1]:8514 or 0.0.0.0:8514'

const cases: Record<string, [written: unknown, read: unknown][]> = {
  bytes: [
    ['10GB', 10e9],
    ['512KiB', 524_288],
    ['1MB', 1e6],
    ['1 MB', 1e6],
    ['1.5gb', 1.5e9],
    ['2TiB', 2 * 1024 ** 4],
    ['7B', 7],
    [4096, 4096],
    ['4096', 4096],
    [1, 1],
    [0, '!0 is too small; write 1 or more'],
    ['0B', '!"0B" is too small; write 1 or more'],
    ['10 parsecs', `!"10 parsecs" ${size}`],
    ['-1GB', `!"-1GB" ${size}`],
    [-1, `!-1 ${size}`],
    [1.5, `!1.5 ${size}`],
    ['1.5', `!"1.5" ${size}`],
    ['10G', `!"10G" ${size}`],
    ['1e3', `!"1e3" ${size}`],
    ['10GBx', `!"10GBx" ${size}`],
    ['0.3B', `!"0.3B" ${size}`],
    ['99999999TB', `!"99999999TB" ${size}`],
    ['1 constructor', `!"1 constructor" ${size}`],
    [true, `!true ${size}`],
    [[1], `![1] ${size}`],
    [Infinity, `!null ${size}`],
  ],
  duration: [
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['12h', 43_200_000],
    ['24d', 2_073_600_000],
    ['30d', '!"30d" is too long; write 24d or less'],
    ['600h', '!"600h" is too long; write 24d or less'],
    ['1.1s', 1100],
    ['0', 0],
    [0, 0],
    ['0s', 0],
    ['10 parsecs', `!"10 parsecs" ${duration}`],
    ['-5s', `!"-5s" ${duration}`],
    ['1h30m', `!"1h30m" ${duration}`],
    ['', `!"" ${duration}`],
    [60, '!60 has no unit; write 60s for seconds, or 250ms, 5m, 1h, 30d'],
    ['60', '!"60" has no unit; write 60s for seconds, or 250ms, 5m, 1h, 30d'],
    [1.5, `!1.5 ${duration}`],
    [-1, `!-1 ${duration}`],
  ],
  silence: [
    ['auto', 'auto'],
    ['0', 0],
    [0, 0],
    ['90d', 90 * 86_400_000],
    ['4h', 14_400_000],
    [60, '!60 has no unit; write 60s for seconds, or 250ms, 5m, 1h, 30d'],
    ['Auto', `!"Auto" ${silence}`],
    [true, `!true ${silence}`],
  ],
  age: [
    ['24d', 2_073_600_000],
    ['30d', 2_592_000_000],
    ['3650d', 315_360_000_000],
    [0, 0],
    [60, '!60 has no unit; write 60s for seconds, or 250ms, 5m, 1h, 30d'],
    ['10 parsecs', `!"10 parsecs" ${duration}`],
    [-1, `!-1 ${duration}`],
  ],
  flag: [
    [true, true],
    [false, false],
    ['true', true],
    ['false', false],
    ['yes', `!"yes" ${flag}`],
    ['no', `!"no" ${flag}`],
    ['FALSE', `!"FALSE" ${flag}`],
    ['0', `!"0" ${flag}`],
    [0, `!0 ${flag}`],
    [1, `!1 ${flag}`],
    ['', `!"" ${flag}`],
  ],
  text: [
    ['x', 'x'],
    ['two\nlines', 'two\nlines'],
    ['', '!"" is empty; write a text, or leave the option out'],
    [12, '!12 is not a text; put it in quotes'],
    [true, '!true is not a text; put it in quotes'],
    [['x'], '!["x"] is not a text; write one value'],
    ['a\0b', '!"a\\u0000b" holds a NUL character; write it without'],
  ],
  'text?': [
    ['x', 'x'],
    [null, null],
    [5, '!5 is not a text; put it in quotes'],
  ],
  count: [
    [0, 0],
    [1000, 1000],
    ['1000', 1000],
    ['10GB', `!"10GB" ${whole}`],
    [-1, `!-1 ${whole}`],
    [1.5, `!1.5 ${whole}`],
    ['1_000', `!"1_000" ${whole}`],
  ],
  nat: [
    [3, 3],
    ['10GB', `!"10GB" ${whole}`],
  ],
  port: [
    [514, 514],
    ['6514', 6514],
    [0, `!0 ${port}`],
    [65_536, `!65536 ${port}`],
    ['514x', `!"514x" ${port}`],
  ],
  url: [
    ['https://auditor.example.com:9699', 'https://auditor.example.com:9699'],
    ['udp://10.0.0.1', 'udp://10.0.0.1'],
    ['tls://[::1]:6514', 'tls://[::1]:6514'],
    ['sensor.example.com:6514', `!"sensor.example.com:6514" ${url}`],
    ['tls://', `!"tls://" ${url}`],
    ['tls://host:99999', `!"tls://host:99999" ${url}`],
    ['tls://a host', `!"tls://a host" ${url}`],
    [' https://host', `!" https://host" ${url}`],
    ['tls:/host', `!"tls:/host" ${url}`],
    ['tcp://u:s3cret@127.0.0.1:1', `!"tcp://****@127.0.0.1:1" ${account}`],
    ['tls://u@host', `!"tls://****@host" ${account}`],
    ['https://siem:pass/word@host:x', `!"https://****@host:x" ${account}`],
    ['https://siem:pass word@host', `!"https://****@host" ${account}`],
    ['https://siem:p@ss@host', `!"https://****@host" ${account}`],
    ['siem:password@host', `!"siem:****@host" ${account}`],
    ['tcp:/siem:password@host', `!"tcp:/****@host" ${account}`],
    [6514, `!6514 ${url}`],
  ],
  urls: [
    ['tls://a:6514', ['tls://a:6514']],
    ['tls://a, tcp://b:601', ['tls://a', 'tcp://b:601']],
    [['tls://a'], ['tls://a']],
    [
      ['tls://a', 'udp://[::1]'],
      ['tls://a', 'udp://[::1]'],
    ],
    [[], '![] is an empty list; write at least one url'],
    ['', `!"" ${syslogUrl}`],
    ['tcp:/127.0.0.1', `!"tcp:/127.0.0.1" ${syslogUrl}`],
    ['tls://a,', `!"tls://a," ${syslogUrl}`],
    ['tls://a tls://b', `!"tls://a tls://b" ${syslogUrl}`],
    [['tls://a', 'b:6514'], `!["tls://a","b:6514"] ${syslogUrl}`],
    [['tls://a', 6514], `!["tls://a",6514] ${syslogUrl}`],
    [[['tls://a']], `![["tls://a"]] ${syslogUrl}`],
    ['tls://a,tls://a', '!"tls://a,tls://a" names tls://a twice; write it once'],
    [['tls://a', 'tls://a'], '!["tls://a","tls://a"] names tls://a twice; write it once'],
    ['tls://siem:s3cret@a,tls://b', `!"tls://****@a,tls://b" ${account}`],
    ['tls://a,tls://siem:s3cret@b', `!"tls://****@b" ${account}`],
    [['tls://a', 'tls://siem:s3cret@b'], `!["tls://****@b"] ${account}`],
    [6514, `!6514 ${syslogUrl}`],
  ],
  names: [
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    ['a, b', ['a', 'b']],
    ['a', ['a']],
    [[], `![] ${names}`],
    ['', `!"" ${names}`],
    ['a,,b', `!"a,,b" ${names}`],
    [[1], `![1] ${names}`],
    [['a', 'a'], '!["a","a"] names a twice; write it once'],
    [7, `!7 ${names}`],
  ],
  timezone: [
    ['UTC', 'UTC'],
    ['Europe/Berlin', 'Europe/Berlin'],
    ['Berlin', `!"Berlin" ${zone}`],
    ['+02:00', `!"+02:00" ${zone}`],
    ['', `!"" ${zone}`],
    [2, `!2 ${zone}`],
  ],
  listen: [
    ['127.0.0.1:8514', '127.0.0.1:8514'],
    ['[::1]:8514', '[::1]:8514'],
    ['0.0.0.0:0', '0.0.0.0:0'],
    ['localhost:8514', 'localhost:8514'],
    [8514, `!8514 ${listen}`],
    ['8514', `!"8514" ${listen}`],
    [':8514', `!":8514" ${listen}`],
    ['::1:8514', `!"::1:8514" ${listen}`],
    ['[127.0.0.1]:8514', `!"[127.0.0.1]:8514" ${listen}`],
    ['127.0.0:8514', `!"127.0.0:8514" ${listen}`],
    ['127.0.0.1:70000', `!"127.0.0.1:70000" ${listen}`],
    ['127.0.0.1', `!"127.0.0.1" ${listen}`],
  ],
}

for (const [format, table] of Object.entries(cases)) {
  t.test(format, async (t) => {
    for (const [written, expected] of table) {
      t.same(read(format, written), expected, JSON.stringify(written))
    }
  })
}

t.test('the least size is that of the option', async (t) => {
  t.equal(read('bytes', '999kB', { min: 1_000_000 }), '!"999kB" is too small; write 1MB or more')
  t.equal(read('bytes', '1MB', { min: 1_000_000 }), 1_000_000)
  t.equal(read('bytes', 0, { min: 0 }), 0)
})

t.test('a format that nobody registered is a fault of the program', async (t) => {
  t.throws(() => read('email', 'x'), { code: 'internal', message: /format "email"/ })
})

import t from 'tap'
import { nearest, suggestion } from '../../src/io/nearest.ts'

const known = ['interval', 'url', 'username', 'password', 'tls']

for (const [written, meant] of [
  ['intervall', 'interval'],
  ['INTERVAL', 'interval'],
  ['inetrval', 'interval'],
  ['passwrod', 'password'],
  ['user', undefined],
  ['uri', 'url'],
  ['x', undefined],
  ['ur', 'url'],
  ['', undefined],
  ['something', undefined],
] as const) {
  t.equal(nearest(written, known), meant, `"${written}"`)
}

t.equal(suggestion('intervall', known), '; did you mean interval?')
t.equal(suggestion('zzz', ['a', 'b']), '; known are a, b')
t.equal(suggestion('zzz', []), '')
t.equal(nearest('x', ['a']), undefined)

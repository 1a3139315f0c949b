import t from 'tap'
import { cadoCutFirst, cadoCutLast, cadoKeys, cadoOtherKey, cadoOwn } from '../../src/cef/cado.ts'

t.test(
  'the keys that the documentation ever listed, as an own standard may have them',
  async (t) => {
    t.equal(cadoOwn.size, 41)
    for (const key of cadoOwn) t.match(key, /^[A-Za-z0-9_]+$/)
    const named = Object.keys(cadoKeys)
    const order = named.slice(0, named.indexOf('eventTime'))
    t.strictSame(order, [...order].sort(), 'Cado’s own names by the alphabet')
    for (const key of cadoCutFirst) t.ok(cadoOwn.has(key), key)
    t.notOk(cadoCutLast.some((key) => cadoCutFirst.includes(key)))
  },
)

t.test('the form of chapter 4 for other names', async (t) => {
  for (const [name, key] of [
    ['file_size', 'CadoResponseFileSize'],
    ['Is Folder', 'CadoResponseIsFolder'],
    ['fileSize', 'CadoResponseFileSize'],
    ['CadoResponseFileSize', 'CadoResponseFileSize'],
    ['CadoResponse', 'CadoResponseCadoResponse'],
    ['', 'CadoResponseField'],
    ['été', 'CadoResponseT'],
    ['_a=b|c', 'CadoResponseABC'],
  ] as const) {
    t.equal(cadoOtherKey(name), key)
  }
})

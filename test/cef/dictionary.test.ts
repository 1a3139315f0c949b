import t from 'tap'
import { dictionary } from '../../src/cef/dictionary.ts'

t.test('holds producer, CEF 1.2 and consumer keys with the missing ones added', async (t) => {
  const count = (origin: string) =>
    [...dictionary.values()].filter((entry) => entry.origin === origin).length
  // 122 published rows; c6a2, dvcmac, flexNumber1, flexNumber2 and three labels are new.
  t.equal(count('producer'), 122 + 7)
  t.equal(count('cef-1.2'), 17)
  t.equal(count('consumer'), 35)
})

t.test('every key is one word, and every label has what it labels', async (t) => {
  for (const { key, labels } of dictionary.values()) {
    t.match(key, /^[A-Za-z0-9]+$/)
    if (labels !== undefined) t.ok(dictionary.has(labels), `${key} labels ${labels}`)
  }
})

t.test('the corrections lie over the published rows', async (t) => {
  t.match(dictionary.get('dmac'), { name: 'destinationMacAddress', type: 'mac' })
  t.match(dictionary.get('flexString1Label'), { name: 'flexString1Label', length: 128 })
  t.match(dictionary.get('c6a2'), { name: 'deviceCustomIPv6Address2', type: 'address6' })
  t.match(dictionary.get('in'), { name: 'bytesIn', type: 'long', range: [0n, 2n ** 63n - 1n] })
  t.match(dictionary.get('spt'), { type: 'integer', range: [0n, 65_535n] })
  t.match(dictionary.get('externalId'), { name: 'externalId', length: 40 })
  t.match(dictionary.get('eventId'), { type: 'long', origin: 'consumer' })
})

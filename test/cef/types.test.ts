import t from 'tap'
import { dictionary } from '../../src/cef/dictionary.ts'
import type { CefValue } from '../../src/cef/event.ts'
import { typedText } from '../../src/cef/types.ts'

const rows: [key: string, value: CefValue, text: string | undefined][] = [
  ['msg', 12, '12'],
  ['msg', Number.NaN, undefined],
  ['spt', 65_535, '65535'],
  ['spt', '443', '443'],
  ['spt', ' 443 ', '443'],
  ['spt', 65_536, undefined],
  ['spt', -1, undefined],
  ['dpt', 'https', undefined],
  ['cnt', 2_147_483_648, undefined],
  ['dpid', '-1', '-1'],
  ['dpid', 1.5, undefined],
  ['dpid', '', undefined],
  ['in', '9223372036854775807', '9223372036854775807'],
  ['in', '9223372036854775808', undefined],
  ['in', '1'.repeat(1_000), undefined],
  ['in', 4_294_967_296, '4294967296'],
  ['cn1', 1e21, undefined],
  ['deviceDirection', 2, undefined],
  ['type', 3, '3'],
  ['cfp1', '1.5e-7', '1.5e-7'],
  ['cfp1', 0.1, '0.1'],
  ['cfp1', '1,5', undefined],
  ['cfp1', Number.POSITIVE_INFINITY, undefined],
  ['rt', 1_490_709_708_123, '1490709708123'],
  ['rt', 1.9, '1'],
  ['rt', -1_000, '-1000'],
  ['rt', 1e300, undefined],
  ['start', 'Mar 28 2017 14:01:48 GMT', 'Mar 28 2017 14:01:48 GMT'],
  ['start', 'Mar 28 14:01:48', 'Mar 28 14:01:48'],
  ['start', 'Sep 07 2018 14:50:39.123 UTC', 'Sep 07 2018 14:50:39.123 UTC'],
  ['start', '1490709708123', '1490709708123'],
  ['start', 'déc. 01 2022 12:42:08 GMT', undefined],
  ['start', '2018-09-07T14:50:39.123Z', undefined],
  ['src', '10.0.0.1', '10.0.0.1'],
  ['src', '2001:db8::1', '2001:db8::1'],
  ['src', 'server.acme.tld', undefined],
  ['src', '10.0.0.256', undefined],
  ['src', 'fe80::1%eth0', undefined],
  ['c6a1', '2001:db8::1', '2001:db8::1'],
  ['c6a1', '10.0.0.1', undefined],
  ['smac', '00:0D:60:AF:1B:61', '00:0D:60:AF:1B:61'],
  ['smac', '00-0D-60-AF-1B-61', undefined],
]

for (const [key, value, text] of rows) {
  t.test(`${key} ${String(value).slice(0, 40)}`, async (t) => {
    const entry = dictionary.get(key)
    if (entry === undefined) return t.fail('no such key')
    t.equal(typedText(entry, value), text)
  })
}

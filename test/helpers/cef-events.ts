/**
 * Events for tests of everything that carries CEF: one with all kinds of keys, and fast-check
 * arbitraries over any Unicode there is, lone surrogates and control characters among it.
 */
import fc from 'fast-check'
import { dictionary } from '../../src/cef/dictionary.ts'
import type { CefEvent } from '../../src/cef/event.ts'

export const anEvent: CefEvent = {
  vendor: 'Netwrix',
  product: 'Active Directory',
  version: '1.0',
  classId: 'Added',
  name: 'Added user',
  severity: 5,
  time: Date.UTC(2017, 2, 28, 14, 1, 48),
  extension: [],
}

/** Any text at all, and often what is special in CEF. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '=',
          '\\',
          '|',
          '\n',
          '\r',
          '\r\n',
          '\0',
          '\t',
          ' ',
          '  ',
          '"',
          '\\=',
          '\\n',
          'n',
          'a=b',
        ],
        ...[
          'CEF:0|',
          ' src=1.2.3.4',
          'msg=',
          '\ud800',
          '\udc00',
          '😀',
          'é',
          '漢',
          '\u0085',
          '\u2028',
        ],
        ...['\u00a0', '\ufeff', 'x'],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
)

const textKeys = [...dictionary.values()]
  .filter(({ type, origin, labels }) => {
    return type === 'string' && origin === 'producer' && labels === undefined
  })
  .map(({ key }) => key)

/** Keys under which any text may stand: the dictionary's, and some of one's own. */
export const textKey = fc.oneof(
  fc.constantFrom(...textKeys),
  fc.stringMatching(/^Acme[A-Za-z0-9]{1,10}$/),
)

/** Events with any text everywhere, and no key twice. */
export function eventOf(text: fc.Arbitrary<string>, key = textKey): fc.Arbitrary<CefEvent> {
  return fc.record({
    vendor: text,
    product: text,
    version: text,
    classId: text,
    name: text,
    severity: fc.integer({ min: 0, max: 10 }),
    time: fc.integer({ min: 0, max: 4e12 }),
    extension: fc.uniqueArray(fc.tuple(key, text), { selector: ([name]) => name, maxLength: 8 }),
  })
}

/**
 * Cefline's own events as CEF, and that `docs/own-events.md` has a line of each kind as it is made
 * (`npm run docs` writes them).
 */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { decode } from '../../src/cef/decode.ts'
import { dictionary } from '../../src/cef/dictionary.ts'
import { encode } from '../../src/cef/encode.ts'
import { mapOwnEvent, ownKinds } from '../../src/mappings/cefline.ts'
import type { OwnEvent } from '../../src/own-event.ts'
import { exampleEvents, ownEventKinds, ownEventsPage } from '../helpers/own-events.ts'

const about = { version: '1.2.3', hostname: 'cefline-1' }
const event: OwnEvent = {
  id: '00112233445566778899aabbccddeeff',
  kind: 'rejects-purged',
  at: 1_700_000_000_000,
  message: '3 rejects were removed for good',
  component: 'siem',
  code: 'refused',
  who: 'alice',
}

t.test('an event', async (t) => {
  t.equal(
    encode(mapOwnEvent(event, about)),
    'CEF:0|Cefline|Cefline|1.2.3|rejects-purged|Rejects removed for good|7| rt=1700000000000 dvchost=cefline-1 cat=audit suser=alice msg=3 rejects were removed for good cs1=siem cs1Label=Component cs2=refused cs2Label=Code externalId=00112233445566778899aabbccddeeff',
  )
  const { time, severity } = mapOwnEvent(event, about)
  t.same({ time, severity }, { time: event.at, severity: 7 })
})

t.test('what is not known is left out, its label too', async (t) => {
  const { id, kind, at, message } = event
  const line = encode(mapOwnEvent({ id, kind, at, message }, about))
  t.notMatch(line, /suser|cs1|cs2|cn1/)
})

t.test(
  'what a heartbeat counts has its labels, and no key that the dictionary has not',
  async (t) => {
    const counts = { waitingLines: 12, oldestWaitingSeconds: 3, rejects: 0, spoolPercent: 2.5 }
    const line = encode(mapOwnEvent({ ...event, kind: 'heartbeat', counts }, about))
    const extension = decode(line)?.extension ?? []
    t.match(Object.fromEntries(extension), {
      cn1: '12',
      cn1Label: 'waitingLines',
      cn3: '0',
      cn3Label: 'rejects',
      cfp1: '2.5',
      cfp1Label: 'spoolPercent',
    })
    for (const [key] of extension) t.ok(dictionary.has(key), key)
  },
)

t.test('no text can forge a field', async (t) => {
  const message = 'a\nb suser=root cs1=x|y'
  const line = encode(mapOwnEvent({ ...event, message }, about))
  t.notMatch(line, /\n/)
  t.equal(Object.fromEntries(decode(line)?.extension ?? [])['suser'], 'alice')
})

t.test('the page has every kind with a line as it is made', async (t) => {
  const text = readFileSync(ownEventsPage, 'utf8')
  t.ok(text.includes(ownEventKinds()), 'they are fresh; `npm run docs` writes it')
  t.same(
    new Set(exampleEvents.map(({ kind }) => kind)),
    new Set(Object.keys(ownKinds)),
    'there is an example of each kind',
  )
})

import t from 'tap'
import { decode } from '../../src/cef/decode.ts'
import { encode } from '../../src/cef/encode.ts'
import { compileMapping, describeMapping } from '../../src/mappings/compile.ts'
import { mapRecord } from '../../src/mappings/netwrix.ts'
import type { MappingOptions } from '../../src/mappings/netwrix.ts'
import type { ActivityRecord } from '../../src/netwrix/record.ts'
import { emptyRecord } from '../../src/netwrix/record.ts'
import { spec } from '../helpers/mapping-spec.ts'

const place = 'sources.activity.mapping'
const options: MappingOptions = { kind: 'activity', profile: 'standard', receivedAt: 1e12, id: 'x' }
const record: ActivityRecord = {
  ...emptyRecord(),
  who: 'CORP\\jane',
  action: 'Modified',
  what: '\\corp\\Users\\max',
  where: 'dc1',
  objectType: 'user',
  dataSource: 'Active Directory',
  item: 'corp (Domain)',
  time: Date.UTC(2017, 1, 14),
  other: [['Ticket', 'T1']],
}

function read(parts: Parameters<typeof spec>[0], changed: Partial<MappingOptions> = {}) {
  // As it comes to a worker thread.
  const posted = structuredClone(spec(parts))
  return decode(encode(compileMapping(posted, place)(record, { ...options, ...changed })))
}

function keys(fields: unknown) {
  return Object.fromEntries(read({ fields })?.extension ?? [])
}

t.test('an empty mapping is the profile’s own', async (t) => {
  t.equal(compileMapping(undefined, place), mapRecord)
  t.equal(compileMapping(spec({}), place), mapRecord)
  t.equal(compileMapping(spec({ privacy: { key: 'unused', fields: null } }), place), mapRecord)
  const empty = { fields: {}, header: {}, severity: [], privacy: { key: null, fields: {} } }
  t.equal(compileMapping(spec(empty), place), mapRecord)
})

t.test('keys are set, replaced where they stand, and left out', async (t) => {
  const made = read({
    fields: {
      suser: '{Who|last}',
      cat: null,
      dvchost: false,
      cn1: 5,
      cn1Label: 'Five',
      deviceCustomString6: '{Ticket}',
      AcmeTicket: 'no. {Ticket}',
    },
  })
  t.same(made?.extension.map(([key]) => key).slice(0, 4), ['shost', 'suser', 'filePath', 'start'])
  t.match(Object.fromEntries(made?.extension ?? []), {
    suser: 'jane',
    cat: undefined,
    dvchost: undefined,
    cn1: '5',
    cn1Label: 'Five',
    cs6: 'T1',
    cs6Label: 'Ticket',
    AcmeTicket: 'no. T1',
  })
})

t.test('a label goes with its key', async (t) => {
  t.match(keys({ cs3: null }), { cs3: undefined, cs3Label: undefined })
  t.match(keys({ cs3: '{Ticket}' }), { cs3: 'T1', cs3Label: 'Ticket' })
  t.match(keys({ cs3: '{Who}' }), { cs3: 'CORP\\jane', cs3Label: 'Who' })
  t.match(keys({ cs3: 'a {Who}', cs3Label: 'B' }), { cs3: 'a CORP\\jane', cs3Label: 'B' })
  t.match(keys({ cs3Label: 'Where from' }), { cs3: 'corp (Domain)', cs3Label: 'Where from' })
})

t.test('time keys take When', async (t) => {
  t.match(keys({ end: '{When}', deviceCustomDate1: '{When}' }), {
    end: String(record.time),
    deviceCustomDate1: String(record.time),
    deviceCustomDate1Label: 'When',
  })
})

t.test('the header', async (t) => {
  const header = { name: '{Action|upper} of {ObjectType}', product: 'Auditor', classId: '{Ticket}' }
  t.match(read({ header }), { name: 'MODIFIED of user', product: 'Auditor', classId: 'T1' })
  const bare = read({ header: { name: '{Colour}', classId: ' {Colour} ', product: '{Colour}' } })
  const known = read({})
  const kept = { name: known?.name, classId: known?.classId, product: known?.product }
  t.match(bare, kept, 'nothing is put in the place of what is known')
})

t.test('in profile classic too', async (t) => {
  const made = read({ fields: { externalId: '{RID}x', cs4: '{Ticket}' } }, { profile: 'classic' })
  t.match(Object.fromEntries(made?.extension ?? []), { externalId: 'x', cs4: 'T1', act: undefined })
  t.equal(made?.severity, '0')
})

const refused: [parts: Parameters<typeof spec>[0], message: RegExp][] = [
  [{ fields: ['x'] }, /\.fields is a list where a map belongs; write fields: /],
  [{ fields: { Shost: 'x' } }, /\.fields\.Shost is no key of CEF; did you mean shost\?/],
  [
    { fields: { 'source-Host-Name': 'x' } },
    /\.source-Host-Name is no key: .*; did you mean sourceHostName/,
  ],
  [{ fields: { eventId: 'x' } }, /\.fields\.eventId is a key that the SIEM itself sets/],
  [{ fields: { cs4: 'a {Who}' } }, /\.fields\.cs4 needs a name; add cs4Label/],
  [
    { fields: { cs4: '{Wo}' } },
    /^sources\.activity\.mapping\.fields\.cs4 has \{Wo\}: .*mean Who\?/,
  ],
  [{ fields: { cs4: '{Who}', deviceCustomString4: 'x' } }, /is cs4, which is there already/],
  [{ fields: { dpt: 'https' } }, /\.fields\.dpt is "https", and dpt is a key of type integer/],
  [{ fields: { dpt: 70_000 } }, /is 70000, and dpt/],
  [{ fields: { msg: true } }, /\.fields\.msg is true; write a text/],
  [{ fields: { msg: {} } }, /\.fields\.msg is a map; write a text/],
  [{ header: { nmae: 'x' } }, /\.header\.nmae is no field of the header .*; did you mean name\?/],
  [{ header: { severity: 5 } }, /\.header\.severity .*; it has an option of its own/],
  [{ header: { name: null } }, /\.header\.name is null; write a text/],
  [{ header: 'x' }, /\.header is "x" where a map belongs/],
]

for (const [parts, message] of refused) {
  t.throws(() => compileMapping(spec(parts), place), { code: 'config', message })
}

t.equal(
  describeMapping(
    spec({
      fields: { susr: 'x', cs4: null },
      header: { name: 'x' },
      severity: [{ severity: 1 }],
      alertMinimum: 5,
      privacy: { key: null, fields: { Who: 'drop' } },
    }),
  ),
  'fields susr, cs4; header name; 1 severity rule(s); alerts 5 at least; hidden Who; ' +
    'susr is no key of CEF; did you mean suser?',
)
t.equal(describeMapping(spec({ severity: 4 })), 'severity 4')

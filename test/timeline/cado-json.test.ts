import t from 'tap'
import { cadoJsonDecoder } from '../../src/timeline/cado-json.ts'
import { briefly, eventsOf, itemsOf } from '../helpers/timeline-decoding.ts'

/** In the shape of the API's event object. */
const ofApi = {
  id: 'nEqI5nwBOI5t76pr_Z6g',
  evidence_id: 2,
  evidence_name: 'aws_compromise.zip',
  timestamp: 1595194940.25,
  type: 'Content Modification Time',
  macb: 'M...',
  source: 'FILE',
  sourcetype: 'File stat',
  filename: '/tmp/file.txt',
  short: '/tmp/file.txt',
  is_folder: false,
  inode: '12',
  user: null,
  host: '-',
  notes: '',
  alarm_information: [
    { description: 'Malicious File Detected: a', severity: 1, attack: ['T1496'] },
  ],
  file_size: 512,
}

/** In the shape of CadoJson. */
const ofCadoJson = {
  macb: 'M...',
  source: 'REG',
  sourcetype: 'Registry Key',
  type: 'Content Modification Time',
  user: null,
  host: '-',
  short: '[HKEY] (empty)',
  eventTime: 1610559005,
  filePath: '/NTUSER.DAT',
  sha256: '9473976b2769337ca9a7243bf1ceddb3335f9551e113240ebb0c53ae789878d5',
}

t.test('names of the API and of CadoJson', async (t) => {
  const [first, second] = eventsOf(cadoJsonDecoder, JSON.stringify([ofApi, ofCadoJson]))
  t.match(first && briefly(first), {
    instant: '2020-07-19T21:42:20.25Z',
    eventId: 'nEqI5nwBOI5t76pr_Z6g',
    evidenceId: 2,
    evidenceName: 'aws_compromise.zip',
    path: '/tmp/file.txt',
    isFolder: false,
    alarms: [{ description: 'Malicious File Detected: a', severity: 1 }],
  })
  for (const name of ['host', 'user', 'notes']) t.notOk(first && name in briefly(first), name)
  t.ok(first?.other.some(([name, value]) => name === 'file_size' && value === '512'))
  t.match(second && briefly(second), {
    instant: '2021-01-13T17:30:05Z',
    source: 'REG',
    path: '/NTUSER.DAT',
    short: '[HKEY] (empty)',
    sha256: ofCadoJson.sha256,
  })
})

t.test('however they are framed', async (t) => {
  const rows = [ofApi, ofCadoJson]
  const events = eventsOf(cadoJsonDecoder, JSON.stringify(rows))
  t.equal(events.length, 2)
  const pagination = { type: 'cursor', per_page: 100, next_token: 'x' }
  const frames = [
    rows.map((row) => JSON.stringify(row)).join('\n'),
    rows.map((row) => JSON.stringify(row, undefined, 2)).join('\n'),
    JSON.stringify(rows, undefined, 4),
    JSON.stringify({ status: 'success', data: rows, pagination }),
    JSON.stringify({ pagination, data: rows, status: 'success' }, undefined, 2),
  ]
  for (const frame of frames) {
    for (const size of [1, 13, Infinity]) {
      t.strictSame(eventsOf(cadoJsonDecoder, frame, { size }), events)
    }
  }
})

t.test('what is refused', async (t) => {
  const cases: [object, object][] = [
    [{}, { code: 'row', reason: /no field of an event/ }],
    [{ a: 1 }, { code: 'row', reason: /no field of an event/ }],
    [
      { ...ofApi, timestamp: 'soon' },
      { code: 'date', reason: /"soon" in timestamp/ },
    ],
    [
      { ...ofApi, is_folder: 'maybe' },
      { code: 'row', reason: /"maybe" in is_folder/ },
    ],
    [
      { ...ofApi, evidence_id: 'x' },
      { code: 'row', reason: /"x" in evidence_id/ },
    ],
  ]
  for (const [row, refused] of cases) {
    t.match(itemsOf(cadoJsonDecoder, JSON.stringify(row)), [{ kind: 'refused', ...refused }])
  }
})

import t from 'tap'
import { cadoCsvDecoder } from '../../src/timeline/cado-csv.ts'
import { briefly, eventsOf, fixture, itemsOf, readAgain } from '../helpers/timeline-decoding.ts'

t.test('columns by any of their names, in any order', async (t) => {
  const events = eventsOf(cadoCsvDecoder, fixture('cado.csv'), { size: 7 })
  t.strictSame(events.map(briefly), [
    {
      instant: '2020-07-19T21:42:20.5Z',
      source: 'FILE',
      sourcetype: 'File stat',
      type: 'Content Modification Time',
      macb: 'M...',
      user: 'ann',
      host: 'pc1',
      short: 'short text',
      path: '/tmp/a.txt',
      notes: "[{'text': 'look'}]",
      tag: 'Execution, File Access',
      sha256: '9473976b2769337ca9a7243bf1ceddb3335f9551e113240ebb0c53ae789878d5',
      evidenceId: 2,
      evidenceName: 'disk.dd',
      eventId: 'Q5FBqHwBX9dvp1T5IsHT',
      isFolder: false,
      alarms: [
        { description: 'Malicious File Detected: miner', severity: 1, helpText: '' },
        { description: 'Suspicious name', severity: 3, helpText: '' },
      ],
      other: [
        ['alarm_attack', 'T1496'],
        ['query_suggestions', "[{'str_detected': 'a.txt', 'url': '?query=a.txt'}]"],
        ['file_size', '12'],
      ],
    },
    {
      instant: '2020-07-19T21:42:20Z',
      source: 'FILE',
      type: 'Creation Time',
      macb: '...B',
      path: '/tmp/b',
      isFolder: true,
      other: [['alarm_severity', '10']],
    },
  ])
  t.strictSame(readAgain(cadoCsvDecoder, fixture('cado.csv')), [true, true])
})

t.test('broken rows cost themselves', async (t) => {
  const bytes = Buffer.concat([
    Buffer.from('timestamp,short,evidence_id\n1595194940,"one\ntwo",1\n1595194940,b\n'),
    Buffer.from('1595194940,"a \xe9\n",1\n1595194940,open,x\n\n', 'latin1'),
    Buffer.from(`1595194940,${'y'.repeat(50_000)},1\n1595194940,"open,1\n1595194940,last,1\n`),
  ])
  for (const size of [3, 1000, Infinity]) {
    t.match(itemsOf(cadoCsvDecoder, bytes, { size, rowLimit: 40_000 }), [
      { kind: 'event', row: 2, event: { short: 'one\ntwo' } },
      { kind: 'refused', row: 4, code: 'row', reason: /has 2 cells where the header has 3/ },
      { kind: 'refused', row: 5, code: 'encoding', reason: /byte 3 of short is wrong/ },
      { kind: 'refused', row: 7, code: 'row', reason: /^"x" in evidence_id is not a whole number/ },
      { kind: 'ignored', row: 8 },
      { kind: 'refused', row: 9, code: 'too-large' },
      { kind: 'refused', row: 10, code: 'row', reason: /quote that is not closed; correct/ },
      { kind: 'event', row: 11, event: { short: 'last' } },
    ])
  }
})

t.test('a header that is not UTF-8, or has no end', async (t) => {
  const header = Buffer.from('timestamp,sh\xe9rt\n1,2\n', 'latin1')
  t.throws(() => itemsOf(cadoCsvDecoder, header), { code: 'header', message: /not UTF-8/ })
  t.throws(() => itemsOf(cadoCsvDecoder, '"timestamp,short\n1,2\n'), {
    code: 'header',
    message: /has a quote that is not closed; a file of this format/,
  })
})

t.test('comments before the header, quoted or not', async (t) => {
  const header = '"eventTime","short","filePath"\n'
  const text = `# exported, by "x"\n\n${header}5,"a\nb",/x\n6,c\n`
  for (const size of [1, 5, 1000]) {
    const items = itemsOf(cadoCsvDecoder, text, { size })
    t.match(items, [
      { kind: 'ignored', row: 1 },
      { kind: 'ignored', row: 2 },
      { kind: 'event', row: 4, event: { short: 'a\nb' } },
      { kind: 'refused', row: 6 },
    ])
    t.equal(items.length, 4)
  }
})

import t from 'tap'
import { cadoOwn } from '../../src/cef/cado.ts'
import { eventFields, timelineFields } from '../../src/mappings/cado-field.ts'
import { emptyEvent } from '../../src/timeline/event.ts'

const event = {
  ...emptyEvent(),
  instant: { seconds: 1_386_052_001, nanos: 807_907_700 },
  user: 'jane',
  isFolder: false,
  evidenceId: 0,
  alarms: [
    { description: 'seen', severity: 10, helpText: '' },
    { description: 'bad', severity: 3, helpText: '' },
  ],
  other: [['file_size', '5']] as [string, string][],
}

t.test('fields by Cado’s names', async (t) => {
  t.strictSame(eventFields(event), [
    ['eventTime', '2013-12-03T06:26:41.8079077Z'],
    ['suser', 'jane'],
    ['evidence_id', '0'],
    ['isFolder', 'False'],
    ['alarm', 'True'],
    ['alarm_description', 'bad'],
    ['alarm_severity', '3'],
    ['file_size', '5'],
  ])
  t.strictSame(eventFields(emptyEvent()), [])
})

t.test('every name of the standard is a field or a column', async (t) => {
  for (const key of cadoOwn) {
    if (key === 'msg') t.throws(() => timelineFields.named(key), /did you mean message\?/)
    else t.doesNotThrow(() => timelineFields.named(key), key)
  }
  for (const [written, name] of [
    ['user', 'suser'],
    ['FilePath', 'filePath'],
    ['file name', 'filePath'],
    ['is_folder', 'isFolder'],
    ['timestamp', 'eventTime'],
  ] as const) {
    t.strictSame(timelineFields.named(written), { kind: 'field', name })
  }
  t.throws(() => timelineFields.named('filePat'), /did you mean filePath\?/)
  t.equal(timelineFields.reader(timelineFields.named('File Size'))(event), '5')
  t.equal(timelineFields.time.read(event), 1_386_052_001_807)
})

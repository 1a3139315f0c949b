import t from 'tap'
import { dataType } from '../../src/timeline/data-types.ts'

t.test("plaso's data types", async (t) => {
  const cases: [string, string, string, string | undefined][] = [
    ['fs:stat', 'FILE', 'File stat', 'filename'],
    ['fs:stat:ntfs', 'FILE', 'NTFS file stat', undefined],
    ['syslog:line', 'LOG', 'Log File', undefined],
    ['syslog:cron:task_run', 'LOG', 'Cron log', 'message_body'],
    ['Windows:EVTX:Record', 'EVT', 'WinEVTX', undefined],
    ['windows:registry:userassist', 'REG', 'UserAssist Registry Key', undefined],
    ['example:log:line', 'EXAMPLE', 'example:log:line', undefined],
    ['', '', '', undefined],
    ['constructor', 'CONSTRUCTOR', 'constructor', undefined],
  ]
  for (const [name, source, sourcetype, short] of cases) {
    const { short: found, ...rest } = dataType(name)
    t.strictSame(rest, { source, sourcetype }, name)
    if (short !== undefined) t.equal(found, short)
  }
})

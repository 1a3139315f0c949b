/** The Windows event of a Netwrix record: what SIEMs parse out of its text, and its numbers. */
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { logEvent } from '../../src/syslog/event-log.ts'
import { netwrixLine, recordTime } from '../helpers/netwrix-lines.ts'

const usual = { eventIds: true, includeDataSource: true, sourceByDataSource: false }

const eventOf = (cef: string, options = usual) => logEvent(cef, recordTime, options)

t.test('the text has the add-on’s fields in its order', async (t) => {
  t.equal(
    eventOf(netwrixLine()).text,
    'DataSource : Active Directory  Action : Modified  Message: Modified user  ' +
      'Where : dc1.enterprise.local  ObjectType : user  Who : ENTERPRISE\\admin  ' +
      'What : \\local\\enterprise\\Users\\John Smith  When : 2026-01-08T11:07:53Z  ' +
      'Workstation : 10.0.0.7  Details : User Account Disabled',
  )
})

t.test('the classic profile has no workstation; no details, no Details', async (t) => {
  const { text } = eventOf(netwrixLine({ detailsText: '' }, 'classic'))
  t.match(text, /  When : 2026-01-08T11:07:53Z {2}Workstation : $/)
})

t.test('what the mapping writes for empty fields stays, and is documented', async (t) => {
  const { text } = eventOf(netwrixLine({ where: '', what: '', dataSource: '', workstation: '' }))
  t.match(text, /^DataSource : Netwrix Auditor /)
  t.match(text, / Where : unknown .* What : N\/A .* Workstation : {3}Details : /)
})

t.test('Where is the same, whether or not the profile has it as the source host', async (t) => {
  const whereOf = (...line: Parameters<typeof netwrixLine>) =>
    / Where : (.*?) {2}ObjectType/.exec(eventOf(netwrixLine(...line)).text)?.[1]
  for (const profile of ['standard', 'classic', 'extended'] as const) {
    for (const workstation of ['wks7', '10.0.0.7', 'dc1.enterprise.local', '']) {
      t.equal(
        whereOf({ workstation }, profile),
        'dc1.enterprise.local',
        `${profile} ${workstation}`,
      )
      t.equal(whereOf({ workstation, where: '' }, profile), 'unknown')
    }
  }
  t.equal(whereOf({ where: 'sql1\\HR', workstation: 'sql1' }), 'sql1\\HR')
  t.equal(whereOf({ where: 'sql1\\HR' }, 'extended'), 'sql1', 'only the host is there')
})

t.test('a value is one line, whatever is in it', async (t) => {
  const { text } = eventOf(netwrixLine({ detailsText: 'a\tb\r\nc\nd = e | f \\ g' }))
  t.match(text, / {2}Details : a b c d = e \| f \\ g$/)
})

t.test('the patterns of Exabeam’s parsers find what was sent', async (t) => {
  const patterns = {
    file: {
      time: /When\s{0,100}:\s{0,100}(\d{1,100}-\d{1,100}-\d{1,100}T\d{1,100}:\d{1,100}:\d{1,100}Z)/,
      accesses: /Action\s{0,100}:\s{0,100}(.+?)\s{0,100}Message\s{0,100}:/,
      dest: /Where\s{0,100}:\s{0,100}([\w\-.]+)/,
      type: /ObjectType\s{0,100}:\s{0,100}(.+?)\s{0,100}Who\s{0,100}:/,
      user: /Who\s{0,100}:\s{0,100}(?:[^\\\s]+\\+)?(system|[^\\\s]+)/,
      path: /What\s{0,100}:\s{0,100}(|[^"]*?)\s{0,100}When\s{0,100}:/,
      address: /Workstation\s{0,100}:\s{0,100}(|[A-Fa-f:\d.]+)\s{0,100}Details\s{0,100}:/,
      activity: /\sMessage:\s{0,100}([^:]+?)\s{0,100}\w+\s{0,100}:/,
    },
    database: {
      time: /When : ([^\s]{1,2000})/,
      app: /DataSource\s{0,100}:\s{0,100}(.+?)\s{0,100}\w+\s{0,100}:/,
      device: /Device name:\s{0,100}"{0,20}([^",\s]{1,2000})/,
      program: /Application name:\s{0,100}(.+?)\s{0,100}$/,
    },
  }
  const find = (text: string, all: Record<string, RegExp>) =>
    Object.fromEntries(Object.entries(all).map(([name, one]) => [name, one.exec(text)?.[1]]))
  const file = eventOf(
    netwrixLine({
      dataSource: 'File Servers',
      objectType: 'File',
      action: 'Read',
      what: '\\\\fs1\\share\\a b.docx',
      where: 'fs1.enterprise.local',
    }),
  ).text
  for (const condition of [' Action : ', ' ObjectType : ', ' What : '])
    t.ok(file.includes(condition))
  t.same(find(file, patterns.file), {
    time: '2026-01-08T11:07:53Z',
    accesses: 'Read',
    dest: 'fs1.enterprise.local',
    type: 'File',
    user: 'admin',
    path: '\\\\fs1\\share\\a b.docx',
    address: '10.0.0.7',
    activity: 'Read File',
  })
  const database = eventOf(
    netwrixLine({
      dataSource: 'SQL Server',
      detailsText: 'Device name: "WKS7", Application name: Management Studio',
    }),
  ).text
  t.ok(database.includes('DataSource : SQL'))
  t.same(find(database, patterns.database), {
    time: '2026-01-08T11:07:53Z',
    app: 'SQL Server',
    device: 'WKS7',
    program: 'Management Studio',
  })
})

t.test('source, EventID and category, by the add-on’s parameters', async (t) => {
  const line = netwrixLine()
  t.match(eventOf(line), {
    source: 'Netwrix_Auditor_Integration_API',
    id: crc32('userModifiedActive Directory') & 0xffff,
    category: crc32('Active Directory') & 0x1ff,
  })
  t.equal(eventOf(line).id, 59_629, 'it does not change from one version to the next')
  t.equal(eventOf(line).category, 37)
  t.equal(eventOf(line, { ...usual, includeDataSource: false }).id, crc32('userModified') & 0xffff)
  t.equal(eventOf(line, { ...usual, eventIds: false }).id, 0)
  t.equal(eventOf(line, { ...usual, sourceByDataSource: true }).source, 'NA Active Directory')
})

t.test('the numbers keep within what an event can hold', async () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (dataSource, objectType) => {
      const { id, category, text } = eventOf(netwrixLine({ dataSource, objectType }))
      return id >= 0 && id < 65_536 && category >= 0 && category < 512 && !/[\t\r\n]/.test(text)
    }),
  )
})

t.test('what is not Netwrix’s has no such event', async (t) => {
  for (const [line, what] of [
    ['CEF:0|Cado|Response|1.0|timeline|File created|3| fname=a', /is an event of “Cado”/],
    ['nothing', /is no CEF line/],
  ] as const) {
    t.throws(() => eventOf(line), { code: 'record', permanent: true, message: what })
  }
})

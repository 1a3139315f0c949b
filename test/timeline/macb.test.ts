import t from 'tap'
import { macbOf, typeOfMacb } from '../../src/timeline/macb.ts'

t.test('letters of types, as plaso has them', async (t) => {
  const table: [type: string, kind: string, macb: string][] = [
    ['Content Modification Time', 'text/syslog', 'M...'],
    ['Content Modification Time; Metadata Modification Time', 'filestat', 'M.C.'],
    ['Last Access Time', 'fs:stat', '.A..'],
    ['mtime;crtime', 'fs:stat', 'M..B'],
    ['Last Time Executed', 'winreg/userassist', '.A..'],
    ['Last Time Executed', 'filestat', '....'],
    ['Written Time', '', 'M...'],
    ['Content Deletion Time', '', 'M...'],
    ['Added Time', '', '...B'],
    ['Creation Time', '', '...B'],
    ['Metadata Modification Time', '', '..C.'],
    ['Not a time', '', '....'],
    ['', '', '....'],
  ]
  for (const [type, kind, macb] of table) t.equal(macbOf(type, kind), macb, `${type} ${kind}`)
})

t.test('types of letters', async (t) => {
  t.equal(typeOfMacb('m.c.'), 'Content Modification Time; Metadata Modification Time')
  t.equal(
    typeOfMacb('MACB'),
    'Content Modification Time; Creation Time; Last Access Time; Metadata Modification Time',
  )
  t.equal(typeOfMacb('....'), '')
})

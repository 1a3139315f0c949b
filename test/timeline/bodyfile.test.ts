import t from 'tap'
import { bodyfileDecoder } from '../../src/timeline/bodyfile.ts'
import { bodyfileName } from '../../src/timeline/bodyfile-name.ts'
import { briefly, fixture, itemsOf, needsReal, realFile } from '../helpers/timeline-decoding.ts'

t.test('a line is up to four events', async (t) => {
  const items = itemsOf(bodyfileDecoder, fixture('bodyfile'), { size: 11 })
  const file = { source: 'FILE', sourcetype: 'File stat', format: 'bodyfile' }
  const passwd = {
    ...file,
    short: '/etc/passwd',
    path: '/etc/passwd',
    inode: '12',
    isFolder: false,
    other: [
      ['file_size', '1024'],
      ['mode', 'r/rrw-r--r--'],
      ['uid', '0'],
      ['gid', '0'],
    ],
  }
  const all = items.map((item) => {
    if (item.kind === 'event') return { row: item.row, ...briefly(item.event) }
    return { row: item.row, kind: item.kind }
  })
  t.strictSame(all.slice(0, 3), [
    { row: 1, kind: 'ignored' },
    {
      row: 2,
      ...passwd,
      instant: '2012-05-25T15:59:23Z',
      type: 'Content Modification Time; Metadata Modification Time',
      macb: 'M.C.',
    },
    { row: 2, ...passwd, instant: '2012-05-25T15:59:24Z', type: 'Last Access Time', macb: '.A..' },
  ])
  t.match(all.slice(3), [
    {
      row: 3,
      macb: '...B',
      instant: '2020-07-30T06:41:05.352070808Z',
      short: '/odd|name|here\n|%20 (deleted)',
      path: '/odd|name|here\n|%20',
      inode: '62357',
    },
    { row: 3, macb: 'MA..', instant: '2020-07-30T06:41:05.352146149Z' },
    { row: 3, macb: '..C.', instant: '2020-07-30T06:41:05.354067564Z' },
    { row: 4, macb: '.A..', instant: '1969-12-31T23:59:55Z', path: '/link', isFolder: false },
    { row: 5, macb: '....', type: 'Not a time', path: '/none' },
    { row: 6, macb: '.A..', inode: '77', path: '/old/file', instant: '2004-11-09T11:33:21Z' },
    { row: 6, macb: 'M...' },
    { row: 6, macb: '..C.' },
    { row: 7, kind: 'refused' },
    { row: 8, kind: 'refused' },
  ])
  t.match(all[3], {
    other: [
      ['file_size', '2'],
      ['mode', 'r/rrwxrwxrwx'],
      ['uid', '48'],
      ['gid', '0'],
      ['md5_hash', 'd41d8cd98f00b204e9800998ecf8427e'],
      ['meta_address', '62357-128-1'],
      ['is_allocated', 'False'],
    ],
  })
  t.match(items.slice(-2), [
    { code: 'row', reason: /has 4 fields where a bodyfile has 11/ },
    { code: 'date', reason: /^"soon" in atime is no Unix time/ },
  ])
})

t.test('names', async (t) => {
  const table: [written: string, link: boolean, name: Partial<ReturnType<typeof bodyfileName>>][] =
    [
      ['\\\\testdir2', false, { path: '\\testdir2' }],
      ['C:\\Users\\xavier\\x', false, { path: 'C:\\Users\\xavier\\x' }],
      ['a\\x0db', false, { path: 'a\rb' }],
      ['\\xc3\\xad\\xff', false, { path: '\\xc3\\xad\\xff' }],
      ['\\xc3\\xad', false, { path: 'í' }],
      ['a%0Ab%20c%7C', false, { path: 'a\nb%20c|' }],
      ['/a -> /b', true, { path: '/a', target: '/b' }],
      ['/a -> /b', false, { path: '/a -> /b', target: '' }],
      [
        '/a ($FILE_NAME) (deleted-realloc)',
        false,
        { path: '/a', attribute: '$FILE_NAME', isDeleted: true },
      ],
    ]
  for (const [written, link, name] of table) t.match(bodyfileName(written, link), name, written)
})

t.test('real file', needsReal('bodyfile'), async (t) => {
  const items = itemsOf(bodyfileDecoder, realFile('bodyfile'))
  const rows = new Set(items.filter(({ kind }) => kind === 'event').map(({ row }) => row))
  t.equal(rows.size, 24, 'each line but the comment')
  t.strictSame(new Set(items.map(({ kind }) => kind)), new Set(['event', 'ignored']))
  const paths = new Set(items.map((item) => (item.kind === 'event' ? item.event.path : '')))
  for (const path of ['/file|with|pipes', '/file\\with\\backslashes', '/passwordz\r.txt']) {
    t.ok(paths.has(path), JSON.stringify(path))
  }
  t.ok(paths.has('/file_symboliclink1') && paths.has('\\testdir2') && paths.has('/a_directory'))
})

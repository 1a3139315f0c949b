import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Folder } from '../../src/io/folder.ts'

t.test('an entry that cannot be looked at holds up no other and is told once', async (t) => {
  // As deep as a path can be: a longer name in it can be listed and not be looked at.
  let folder = t.testdir({})
  while (folder.length < 3_980)
    folder = join(folder, 'd'.repeat(Math.min(200, 3_990 - folder.length)))
  mkdirSync(folder, { recursive: true })
  const long = 'x'.repeat(200)
  execFileSync('touch', [long], { cwd: folder })
  writeFileSync(join(folder, 'a.csv'), 'one')
  const drop = new Folder({ folder, settle: 0, watch: 'poll' })
  await drop.open()
  const next = async (): Promise<string[]> =>
    (await drop.next(() => false, new AbortController().signal)).map(({ name }) => name.toString())
  t.strictSame(await next(), ['a.csv'])
  t.match(drop.takeNotices(), [
    { level: 'warn', message: /x cannot be looked at \(ENAMETOOLONG\)/ },
  ])
  t.strictSame(await next(), ['a.csv'])
  t.strictSame(drop.takeNotices(), [])
  await drop.close()
  // The fixture's own removal cannot name it.
  execFileSync('rm', [long], { cwd: folder })
})

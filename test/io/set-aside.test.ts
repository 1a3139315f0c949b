import { linkSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { asideName, copyName } from '../../src/io/file-name.ts'
import { recoverAside } from '../../src/io/set-aside.ts'

t.test('what a crash left under a hidden name of ours has a name again', async (t) => {
  const [here, there, copy, inner] = [asideName(), asideName(), copyName(), asideName()]
  const others = ['.cefline-x.part', '.hidden', 'a.csv', 'a.csv.part']
  const folder = t.testdir({
    done: { [there]: 'there', [copy]: 'a half' },
    [here]: 'here',
    ...Object.fromEntries(others.map((other) => [other, 'one'])),
  })
  const done = join(folder, 'done')
  mkdirSync(join(folder, inner))
  // As of a file that was linked there already.
  linkSync(join(done, there), join(done, 'x.csv'))
  const given = (await recoverAside([folder, done], folder)).map((name) => name.toString())
  const named = [here, there].map((name) => `${name.slice(1, -'.part'.length)}.csv`)
  t.strictSame(given, named)
  t.strictSame(
    named.map((name) => readFileSync(join(folder, name), 'utf8')),
    ['here', 'there'],
  )
  t.strictSame(readdirSync(folder).sort(), [...others, ...named, 'done', inner].sort())
  t.strictSame(readdirSync(done).sort(), [copy, 'x.csv'])
  t.strictSame(await recoverAside([join(folder, 'none')], folder), [])
})

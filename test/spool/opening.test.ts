import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Opening } from '../../src/spool/opening.ts'
import { thisProcess } from '../../src/spool/owner.ts'
import { openAt } from './helpers.ts'

/** The mark of a process that is dead. */
const left = (folder: string, loaded: boolean, deaths = 0) =>
  writeFileSync(
    join(folder, 'opening'),
    JSON.stringify({ owner: { ...thisProcess(0), boot: 'another' }, loaded, deaths }),
  )

const marked = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'opening'), 'utf8')) as { loaded: boolean; deaths: number }

t.test('a start that died before the spool was loaded is suspect', async (t) => {
  const folder = t.testdir()
  t.equal(new Opening(folder).suspect, false)
  left(folder, false)
  t.equal(new Opening(folder).suspect, true)
  writeFileSync(join(folder, 'opening'), '{"own')
  t.equal(new Opening(folder).suspect, true, 'a mark that is torn')
})

t.test('a start that died soon after is suspect as the third in a row', async (t) => {
  const folder = t.testdir()
  for (const deaths of [0, 1, 2]) {
    left(folder, true, deaths)
    const opening = new Opening(folder)
    t.equal(opening.suspect, deaths === 2)
    opening.begin(opening.suspect)
    t.match(marked(folder), { loaded: false, deaths: deaths === 2 ? 0 : deaths + 1 })
    opening.loaded()
    t.match(marked(folder), { loaded: true })
    opening.end()
    opening.end()
    t.notOk(existsSync(join(folder, 'opening')))
  }
})

t.test('a process that is opening it now, and one that has it open', async (t) => {
  const folder = t.testdir()
  const parent = { ...thisProcess(0), pid: process.ppid, started: null }
  const write = (loaded: boolean) =>
    writeFileSync(join(folder, 'opening'), JSON.stringify({ owner: parent, loaded, deaths: 0 }))
  write(false)
  t.equal(new Opening(folder).other, process.ppid)
  await t.rejects(openAt(folder), { code: 'spool-owner', message: /in use by process/ })
  t.equal(marked(folder).loaded, false, 'its mark stays')
  write(true)
  const opening = new Opening(folder)
  t.equal(opening.other, undefined)
  t.equal(opening.suspect, false)
  opening.begin(false)
  opening.end()
  t.equal(marked(folder).loaded, true)
})

t.test('where nothing can be written it says nothing', async (t) => {
  const opening = new Opening(join(t.testdir(), 'missing'))
  opening.begin(false)
  opening.loaded()
  opening.end()
  t.equal(opening.suspect, false)
})

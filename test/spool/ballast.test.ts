import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Ballast } from '../../src/spool/ballast.ts'
import { openAt } from './helpers.ts'

t.test('takes its room once and gives it up', async (t) => {
  const folder = t.testdir()
  const ballast = new Ballast(folder)
  ballast.drop()
  ballast.take(5000)
  ballast.take(5000)
  t.equal(statSync(join(folder, 'ballast')).size, 5000)
  ballast.take(6000)
  t.equal(statSync(join(folder, 'ballast')).size, 6000, 'as much as it is to be now')
  ballast.drop()
  ballast.drop()
  t.notOk(existsSync(join(folder, 'ballast')))
  new Ballast(folder).take(0)
  new Ballast(join(folder, 'missing')).take(10)
  t.notOk(existsSync(join(folder, 'ballast')), 'neither without a size nor where it cannot be')
})

t.test('a spool takes it only where there is room, and again when there is', async (t) => {
  const folder = t.testdir()
  let free = 0
  const spool = await openAt(folder, { reserve: 1_000_000, free: () => free })
  t.notOk(existsSync(join(folder, 'ballast')))
  free = 1e9
  await spool.room(new AbortController().signal)
  t.equal(statSync(join(folder, 'ballast')).size, 500_000)
  await spool.close()
})

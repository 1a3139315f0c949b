import t from 'tap'
import { encodeIds } from '../../src/spool/ids.ts'
import { Remembered } from '../../src/spool/remembered.ts'
import { idOf } from './helpers.ts'

t.test('a fingerprint without its id is no proof', async (t) => {
  // The table says that page 1 has the id; the page has another one with that fingerprint.
  const remembered = new Remembered(() => encodeIds(5, idOf('stranger')))
  remembered.add(1, idOf('new'))
  t.notOk(remembered.has(idOf('new'), 0, 0))
})

t.test('found in any order, within the window, until dropped', async (t) => {
  const names = Array.from({ length: 300 }, (_, index) => String(index))
  const pages = new Map<number, Buffer>()
  const remembered = new Remembered((page) => pages.get(page))
  for (let page = 1; page <= 30; page += 1) {
    const ids = Buffer.concat(names.slice((page - 1) * 10, page * 10).map(idOf))
    pages.set(page, encodeIds(page, ids))
    remembered.add(page, ids)
  }
  const all = (since: number) => names.filter((name) => remembered.has(idOf(name), 0, since)).length
  t.equal(all(0), 300)
  names.reverse()
  t.equal(all(0), 300)
  t.equal(all(21), 100)
  remembered.drop(30, Buffer.concat(names.slice(0, 10).map(idOf)))
  t.equal(all(0), 290)
  t.equal(remembered.size, 290)
})

import t from 'tap'
import { MarkLoop } from '../../src/http/mark-loop.ts'
import { Reminder } from '../../src/http/reminder.ts'

t.test('marks that lead on', async (t) => {
  const loop = new MarkLoop(undefined)
  for (let number = 0; number < 5000; number += 1)
    if (!loop.moves(`mark ${number}`)) t.fail(`${number}`)
  t.pass('5,000 of them')
})

t.test('a mark that stands still', async (t) => {
  t.notOk(new MarkLoop('a').moves('a'))
  const loop = new MarkLoop('a')
  t.ok(loop.moves('b'))
  t.notOk(loop.moves('b'))
})

for (const length of [2, 3, 7, 100]) {
  t.test(`a circle of ${length} marks ends`, async (t) => {
    const loop = new MarkLoop('start')
    let pages = 0
    while (loop.moves(`mark ${pages % length}`)) pages += 1
    t.ok(pages >= length && pages <= 4 * length, `after ${pages} pages`)
  })
}

t.test('a reminder is due at once, after its time, and when the clock was set back', async (t) => {
  const reminder = new Reminder(1000)
  const due = [5000, 5001, 5999, 6000, 6500, 100, 101].map((now) => reminder.due(now))
  t.same(due, [true, false, false, true, false, true, false])
})

import t from 'tap'
import { fitting, padded, widthOf } from '../../src/io/width.ts'

t.test('columns of a terminal', async (t) => {
  for (const [text, width] of [
    ['', 0],
    ['alerts', 6],
    ['m.weiß', 6],
    ['e\u0301', 1],
    ['日本語', 6],
    ['한글', 4],
    ['ｱｲｳ', 3],
    ['ＡＢ', 4],
    ['👩‍👩‍👧', 2],
    ['→…█', 3],
    ['\u200d', 0],
  ] as const) {
    t.equal(widthOf(text), width, JSON.stringify(text))
  }
})

t.test('a text is cut between characters, and filled up', async (t) => {
  t.equal(fitting('alerts', 6), 'alerts')
  t.equal(fitting('alerts', 5), 'aler…')
  t.equal(fitting('日本語', 5), '日本…')
  t.equal(fitting('日本語', 4), '日…')
  t.equal(fitting('alerts', 1), '…')
  t.equal(fitting('alerts', 0), '')
  t.equal(padded('日本', 6), '日本  ')
  t.equal(padded('7', 3, true), '  7')
  t.equal(padded('longer', 3), 'longer')
})

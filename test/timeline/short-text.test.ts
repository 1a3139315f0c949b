import t from 'tap'
import { shortOf } from '../../src/timeline/short-text.ts'

t.test('one line of 80 characters', async (t) => {
  t.equal(shortOf('a\r\nb'), 'ab')
  t.equal(shortOf('x'.repeat(80)), 'x'.repeat(80))
  t.equal(shortOf('x'.repeat(81)), `${'x'.repeat(77)}...`)
  t.equal(shortOf('𝄞'.repeat(80)), '𝄞'.repeat(80))
  t.equal(shortOf('𝄞'.repeat(500)), `${'𝄞'.repeat(77)}...`)
})

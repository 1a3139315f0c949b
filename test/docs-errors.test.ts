/**
 * `docs/errors.md` says what the program says: every code of it, in the words that it has now.
 */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { codes } from '../src/error.ts'
import { errorsMarkdown, errorsPage } from './helpers/error-docs.ts'
import { errorExamples } from './helpers/error-examples.ts'

t.test('every code has a message that was provoked', async (t) => {
  const examples = await errorExamples()
  for (const code of codes)
    t.ok(
      examples.some((one) => one.code === code),
      code,
    )
  t.ok(examples.length >= 40, `${examples.length} messages`)
  for (const { code, message } of examples) {
    t.ok(message.length > 0, code)
    t.notMatch(message, /cefline-errors-|\bundefined\b(?!$)|\[object/, message)
  }
})

t.test('the page is fresh; `npm run docs` writes it', async (t) => {
  t.equal(readFileSync(errorsPage, 'utf8'), await errorsMarkdown())
})

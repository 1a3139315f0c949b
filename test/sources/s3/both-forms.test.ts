import t from 'tap'
import { BothForms } from '../../../src/sources/s3/both-forms.ts'

const name = '20261122T131500.123Z_2-web_cado_1.1-2.2'

/** What is said of these keys. */
function said(...keys: string[]): string[] {
  const forms = new BothForms()
  return keys.flatMap((key) => forms.see(key) ?? [])
}

t.test('both forms of one destination', async (t) => {
  const [text, ...more] = said(`a/cef/${name}.cef.gz`, `a/json/${name}.json`, `b/cef/${name}.cef`)
  t.match(text, /each event of “a\/” comes twice, from a\/cef\/ .*: set folder .*suffix/)
  t.same(more, [])
  t.equal(said(`cef/${name}.cef`, `json/${name}.json`).length, 1, 'in the bucket itself')
})

t.test('what is not both of one', async (t) => {
  t.same(said(`a/cef/${name}.cef`, `a/cef/${name}2.cef`), [], 'one form')
  t.same(said(`a/cef/${name}.cef`, `b/json/${name}.json`), [], 'two folders')
  t.same(said(`a/${name}.cef`, `a/${name}.json`), [], 'of two destinations')
  t.same(said('a/cef/x.cef', 'a/json/x.json'), [], 'of somebody else')
})

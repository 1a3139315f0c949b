/**
 * `status.tokens`: names and secrets. It is a map whose keys no schema knows, so it is judged here.
 */
import { validName } from './components.ts'
import { isGroup, unusable } from './document.ts'
import type { Path } from './document.ts'
import type { Problems } from './problems.ts'
import type { Options } from './section.ts'

const place: Path = ['status', 'tokens']
/** Who holds `status.token` is called that. */
const reserved = 'token'

/** The section with its map of tokens, null where there is none. What is wrong is told. */
export function readTokens(status: Options, problems: Problems): Options {
  const { tokens } = status
  if (tokens === null || tokens === unusable) return { ...status, tokens: null }
  if (!isGroup(tokens)) {
    problems.add(place, 'is not a map; write below it names and their tokens, such as jane: …')
    return { ...status, tokens: null }
  }
  const seen = new Set<unknown>([status['token']])
  for (const [name, token] of Object.entries(tokens)) {
    const path = [...place, name]
    if (!validName.test(name) || name === reserved) {
      const cure = 'write up to 64 letters, digits, and _ . - after the first of them'
      problems.add(path, `is not a name for a token; ${cure}, and not "${reserved}"`)
    } else if (token === unusable) {
      continue
    } else if (typeof token !== 'string' || token === '') {
      problems.addValue(path, token, 'is not a token; write a text, in quotes', true)
    } else if (seen.has(token)) {
      problems.add(path, 'is the token of another name; give each its own')
    }
    seen.add(token)
  }
  return { ...status, tokens: Object.keys(tokens).length === 0 ? null : tokens }
}

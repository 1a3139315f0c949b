/**
 * What a server asks for with a 401: WWW-Authenticate as challenges. Several header fields and one
 * field with several challenges say the same; schemes and parameter names are in any case, values
 * are tokens or quoted strings, in which a comma separates nothing.
 *
 * What cannot be read ends the reading there: the challenges before it stand.
 *
 * Source: RFC 9110 section 11.2 and 11.6.1.
 */

export interface Challenge {
  /** In lower case. */
  scheme: string
  /** What stands in place of parameters, as NTLM and Negotiate have it. */
  token: string | undefined
  /** Names in lower case. */
  parameters: Record<string, string>
}

/** A token, and what may follow it. */
const word = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y
const parameter = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s",=]+))/y
const token68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y
const space = /[ \t]*/y
const separators = /[ \t,]*/y

/** The challenges of a header field, in order; repeated fields are joined by commas before. */
export function readChallenges(header: string | undefined): Challenge[] {
  const text = header ?? ''
  const challenges: Challenge[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found) at += found[0].length
    return found
  }
  for (;;) {
    take(separators)
    const scheme = take(word)?.[0]
    if (scheme === undefined) return challenges
    take(space)
    const challenge: Challenge = { scheme: scheme.toLowerCase(), token: undefined, parameters: {} }
    challenges.push(challenge)
    for (;;) {
      const before = at
      take(separators)
      const found = take(parameter)
      if (!found) {
        at = before
        break
      }
      const [, name = '', quoted, plain = ''] = found
      challenge.parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? plain
    }
    if (Object.keys(challenge.parameters).length === 0) challenge.token = take(token68)?.[0]
    take(space)
    if (at < text.length && text[at] !== ',') return challenges
  }
}

/** Names of the schemes as they are usually written, each once; for messages. */
export function namesOf(challenges: readonly Challenge[]): string[] {
  const usual: Record<string, string> = { ntlm: 'NTLM' }
  const names = challenges.map(({ scheme }) => {
    return usual[scheme] ?? scheme.charAt(0).toUpperCase() + scheme.slice(1)
  })
  return [...new Set(names)]
}

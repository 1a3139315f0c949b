/**
 * What an HTTP status other than 200 means, as an error: how long to wait, and who can cure it.
 * Statuses and bodies follow Netwrix's "Response Status Codes" and "Error Details" pages; 403, 408,
 * 429 and 504 are not among them but come from proxies in between.
 */
import type { CeflineError } from '../error.ts'
import { error } from '../error.ts'
import { pageText } from '../http/page-text.ts'
import { retryAfter } from '../http/retry-after.ts'
import { namesOf, readChallenges } from './auth/challenges.ts'
import type { SchemeName } from './auth/scheme.ts'
import { readErrorList } from './page-xml.ts'

export interface Answer {
  status: number
  /** Header names in lower case; repeated ones joined. */
  headers: Record<string, string | undefined>
  text: string
}

export interface Asked {
  /** The address without its query. */
  place: string
  username: string
  /** Makes text of the server's fit to be shown: short, printable, without secrets. */
  show: (text: string) => string
  /** What the login was tried with. */
  scheme?: SchemeName | undefined
  /** Why it was refused, where the server's token says so. */
  because?: string | undefined
  /** ms until a refused password may be tried again (`auth/lockout.ts`). */
  passwordWait?: number
}

/** ms: somebody has to do something meanwhile. */
const longWait = 5 * 60_000

const roles =
  'the account needs the role Global reviewer, or to be in the local group Netwrix Auditor ' +
  'Client Users'

/** The error for this answer. Every one of them leaves the mark as it is. */
export function refusal(answer: Answer, asked: Asked): CeflineError {
  const { place, username, show } = asked
  const { status, headers } = answer
  const said = show(serverText(answer.text))
  const because = said === '' ? ' (it gave no reason)' : `: ${said}`
  switch (status) {
    case 400:
      if (reasonsIn(answer.text).length === 0) return strange400(place, because)
      return error(
        'bad-request',
        `${place} answered 400${because}. The request was well formed, so a mark or a filter ` +
          'does not suit this server (a rebuilt database, another server): this source waits for ' +
          'a changed configuration and keeps its mark',
        { retryAfter: Infinity },
      )
    case 401:
      return unauthorized(answer, asked)
    case 403:
      return error(
        'forbidden',
        `${place} answered 403 to ${show(username)}${because}; ${roles}. Tried again only every ` +
          '5 minutes',
        { retryAfter: longWait },
      )
    case 404:
      return error(
        'not-found',
        `${place} answered 404: it is the wrong port, or the Integration API is disabled: ` +
          'see Settings > Integrations on the Auditor Server (default port 9699)',
      )
    case 408:
    case 504:
      return error('timeout', `${place} answered ${status}: the server took too long${because}`)
    case 429:
    case 503:
      return error('server', `${place} answered ${status}: the server is busy${because}`, {
        retryAfter: retryAfter(headers['retry-after']),
      })
  }
  if (status >= 500) {
    return error(
      'server',
      `${place} answered ${status}${because}. Look at the Auditor Server: its SQL Server, the ` +
        'Netwrix Auditor Archive Service, the licence',
    )
  }
  if (status >= 300 && status < 400) {
    const target = show(headers['location'] ?? 'nowhere')
    return error(
      'bad-answer',
      `${place} answered ${status}, a redirect to ${target}, which is not followed as the ` +
        'password would go with it: set url to the Integration API itself',
    )
  }
  return error('bad-answer', `${place} answered ${status}${because}: is the url the API’s own?`)
}

/** The API's own 400 says why (Netwrix, "Error Details"); one that does not may pass by itself. */
function strange400(place: string, because: string): CeflineError {
  return error(
    'bad-request',
    `${place} answered 400${because}, without the API’s list of errors: it is likely not the API ` +
      'that answered. Check that url has the server’s own name and port, and what stands in between ' +
      '(a proxy, a load balancer). The mark is kept; tried again every 5 minutes',
    { retryAfter: longWait },
  )
}

/** The login was refused: it was tried once, and is not tried again soon. */
function unauthorized(
  { headers }: Answer,
  { place, username, show, scheme = 'Basic', because, passwordWait = longWait }: Asked,
): CeflineError {
  const offers = offered(headers['www-authenticate'], scheme, show)
  const cure =
    scheme === 'Negotiate'
      ? 'the Kerberos ticket was refused: check both clocks, and that the name HTTP/host belongs to ' +
        `the account that the server runs under, or set auth: ntlm; ${roles}. Tried again only ` +
        'every 5 minutes'
      : `check username and password; ${roles}. Tried again only in ${passwordWait / 60_000} minutes, ` +
        'so that Windows does not lock the account, or at once with a changed configuration'
  const by = because === undefined ? scheme : `${scheme}: ${show(because)}`
  return error(
    'unauthorized',
    `${place} answered 401 to ${show(username)} (${by})${offers}: ${cure}`,
    { retryAfter: scheme === 'Negotiate' ? longWait : passwordWait },
  )
}

/** `ServerError 0x80040C0A SQL Server cannot be contacted`, of JSON, XML or a page's plain text. */
export function serverText(body: string): string {
  const list = reasonsIn(body)
  if (list.length > 0) return list.join('; ')
  return pageText(body)
}

/** The entries of the API's error list; none for anything else. */
function reasonsIn(body: string): string[] {
  return (readErrorList(body) ?? errorList(body)).filter((reason) => reason !== '')
}

function errorList(body: string): string[] {
  try {
    const { ErrorList } = JSON.parse(body.trimStart()) as { ErrorList?: unknown }
    return [ErrorList ?? []].flat().map((entry) => {
      const { Category, Description, Location } = entry as Record<string, unknown>
      return [Category, Description, Location].filter((part) => typeof part === 'string').join(' ')
    })
  } catch {
    return []
  }
}

/** The names of the offered schemes, when the one that was tried is not one of them. */
function offered(
  header: string | undefined,
  scheme: SchemeName,
  show: (text: string) => string,
): string {
  const names = namesOf(readChallenges(header))
  if (names.length === 0 || names.includes(scheme)) return ''
  // NTLM goes under Negotiate where that is all there is.
  if (scheme === 'NTLM' && names.includes('Negotiate')) return ''
  return ` and does not offer ${scheme} but ${show(names.join(', '))}`
}

/**
 * What an answer other than 200 means, as an error: how long to wait, and who can cure it. A token is no
 * account that tries could lock, but nothing is won by trying a refused one often.
 *
 * The body of an error is `{"status": "error", "message", "code"}` (cado-api.json, "default" response).
 */
import type { CeflineError } from '../error.ts'
import { error } from '../error.ts'
import { pageText } from '../http/page-text.ts'
import { retryAfter } from '../http/retry-after.ts'
import type { WireAnswer } from '../http/wire.ts'
import { isJson } from './answer.ts'

/** ms: somebody has to do something meanwhile. */
const longWait = 5 * 60_000

/** `place` is the address without its query; `show` makes the server's text fit to be shown. */
export function refusal(
  { status, headers, text }: Pick<WireAnswer, 'status' | 'headers' | 'text'>,
  place: string,
  show: (text: string) => string,
): CeflineError {
  const said = show(reasonIn(text))
  const because = said === '' ? ' (it gave no reason)' : `: ${said}`
  const answered = `${place} answered ${status}`
  switch (status) {
    case 400:
    case 422:
      return error('bad-request', `${answered}${because}`)
    case 401:
      return error(
        'unauthorized',
        `${answered}${because}; the token is not accepted: make a new one under Settings > API, ` +
          'whose Secret Key is shown once. Tried again only every 5 minutes',
        { retryAfter: longWait },
      )
    case 403:
      return error(
        'forbidden',
        `${answered}${because}; the token’s account needs the role Read Only Analyst at least and ` +
          'to be in the project, and the API may want to be enabled (Settings > Experiments). Tried ' +
          'again only every 5 minutes',
        { retryAfter: longWait },
      )
    case 404:
    case 410:
      return error(
        'not-found',
        `${answered}${because}; check that url is the platform itself and that its version has ` +
          'this part of the API',
      )
    case 408:
    case 504:
      return error('timeout', `${answered}: the platform took too long${because}`)
    case 429:
    case 503:
      return error('server', `${answered}: the platform is busy${because}`, {
        retryAfter: retryAfter(headers['retry-after']),
      })
  }
  if (status >= 500) return error('server', `${answered}${because}. Look at the Cado platform`)
  if (status >= 300 && status < 400) {
    const target = show(headers['location'] ?? 'nowhere')
    return error(
      'bad-answer',
      `${answered}, a redirect to ${target}, which is not followed as the token would go with it: ` +
        'set url to the platform itself',
    )
  }
  return error('bad-answer', `${answered}${because}: is the url the platform’s own?`)
}

/** The message of the API's error, or the text of a page. */
function reasonIn(body: string): string {
  try {
    const value: unknown = JSON.parse(body)
    if (isJson(value)) {
      const parts = [value['message'], value['code']].filter((part) => typeof part === 'string')
      if (parts.length > 0) return parts.join(', code ')
    }
  } catch {
    // A page, then.
  }
  return pageText(body)
}

/**
 * Takes secrets out of texts that go to other people: those that are known, in whichever way they may
 * be written, and what looks like one. It is the last thing that happens to every file of a support
 * bundle, after each was made without secrets.
 */
import { withoutUserinfo } from '../io/printable.ts'

const mask = '****'
/** Characters. A shorter secret would take half of the text with it. */
const shortest = 4

/** Names of variables whose values are taken for secrets. */
const secretName =
  /pass(word|wd|phrase)|secret|token|credential|cookie|bearer|connection_?string|api_?key|access_?key|private|(^|_)(pass|pwd|sas|sig|signature|key)(_|$)/i

export function secretsInEnvironment(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value = '']) => {
    // What such a file holds is among the configuration's.
    return secretName.test(name) && !name.endsWith('_FILE') ? value : []
  })
}

// Bounded, as a text may be a megabyte of what could begin one.
const names =
  '[a-z_-]{0,40}(?:password|passwd|passphrase|secret|credential|signature|cookie|token|(?:api|access|account|private)[_-]?key)[a-z_-]{0,40}|pass|pwd|sig|sas'
/** Up to where the value begins. */
const telling = `\\b((?:${names})\\\\*["']?\\s*[=:]\\s*)`
/** Of a value: it is none of those that are no secret. */
const open = '(?!\\*{4}|(?:null|true|false)\\b)'

const patterns: [RegExp, string | ((...parts: string[]) => string)][] = [
  // A key, whole or with its end cut off, also within JSON.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*?(-----END [A-Z ]*PRIVATE KEY-----|$|(?="))/g, mask],
  [/\b(Basic|[Bb]earer|Negotiate|NTLM|Digest|Token)\s+[A-Za-z0-9+/=_.~-]{8,}/g, `$1 ${mask}`],
  // A header with its scheme, whichever that is.
  [/\b(authorization\\*["']?\s*[=:]\s*\\*["']?)(?:[a-z]+\s+)?[^\s"',;\\]{4,}/gi, `$1${mask}`],
  // A JSON Web Token, whatever stands before it.
  [/\beyJ[\w-]{8,2000}\.[\w-]+(\.[\w-]*)?/g, mask],
  // Cookies up to the line's end, as each of them may be one.
  [/\b(cookie: *)[^"'\r\n\\]+/gi, `$1${mask}`],
  // User and password of a url.
  [/\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s"'<>]{0,1000}@/gi, (url) => withoutUserinfo(url)],
  // What a url's query holds may be a signature.
  [/([?&][A-Za-z0-9_.%-]+=)[^\s"'&#<>\\]+/g, `$1${mask}`],
  // A name that tells, and its value: quoted, quoted in JSON that is a text in JSON, or up to a space.
  [new RegExp(`${telling}(["'])${open}(?:\\\\.|(?!\\2)[^\\\\\\n])+`, 'gi'), `$1$2${mask}`],
  [
    new RegExp(`${telling}(\\\\+["'])${open}(?:(?!(?<!\\\\)(?:\\2|"))[^\\n])+`, 'gi'),
    `$1$2${mask}`,
  ],
  [new RegExp(`${telling}${open}[^\\s"',;{}[&\\\\]+`, 'gi'), `$1${mask}`],
]

/** Makes the function that takes them out. */
export function scrubber(secrets: readonly string[]): (text: string) => string {
  const forms = secrets.flatMap(formsOf).filter((form) => form.length >= shortest)
  // The longest first, as one may be a part of another.
  const known = [...new Set(forms)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
  return (text) => {
    const without = known.reduce((left, form) => left.replaceAll(form, mask), text)
    return patterns.reduce((left, [pattern, by]) => left.replace(pattern, by as string), without)
  }
}

/** A secret as it is, in JSON (also within a text that is then in JSON itself), in XML, in a url, in
 * hexadecimal and in base64, where it may stand anywhere within what is encoded. */
function formsOf(secret: string): string[] {
  const trimmed = secret.trim()
  const lines = trimmed.split(/\r?\n/).filter((line) => !line.startsWith('-----'))
  const whole = [secret, trimmed]
  const bytes = Buffer.from(trimmed)
  const url = encodeURIComponent(trimmed)
  return [
    ...whole,
    ...(lines.length > 1 ? lines : []),
    ...whole.flatMap((one) => [inJson(one), inJson(inJson(one)), inXml(one), inJson(inXml(one))]),
    url,
    encodeURIComponent(url),
    encodeURI(trimmed),
    url.replaceAll('%20', '+'),
    url.toLowerCase(),
    new URLSearchParams({ '': trimmed }).toString().slice(1),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...base64Forms(bytes),
    ...base64Forms(Buffer.from(trimmed, 'utf16le')),
  ]
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function inXml(text: string): string {
  const entities: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' }
  return text.replace(/[&<>"]/g, (character) => `&${entities[character]};`)
}

/** What of it is the same whatever stands before and after, for each of the three alignments. */
function base64Forms(bytes: Buffer): string[] {
  const parts = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const begin = before === 0 ? 0 : before + 1
    const end = (before + bytes.length) % 3 === 0 ? text.length : text.length - 1
    return text.slice(begin, end)
  })
  const both = parts.flatMap((part) => [
    part,
    part.replaceAll('+', '-').replaceAll('/', '_'),
    encodeURIComponent(part),
  ])
  return [bytes.toString('base64'), bytes.toString('base64url'), ...both]
}

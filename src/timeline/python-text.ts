/**
 * What Python's `str()` prints of a value that came as JSON: the form that Cado's CEF has for lists
 * and maps (`[{'k': 'v'}]`, `True`, `None`), and that plaso writes into its texts. And the way back.
 *
 * The rules are those of `repr` in Python 3. Two things are JSON.parse's and not Python's: a number without
 * a fraction is an integer, `1.0` too, and a whole one beyond 2^53 is a float. Which characters are
 * printable is told by this Unicode version, so that signs newer than the reader's may differ.
 */

/** The value as Python prints it; of a text, the text itself, as `str()` has it. Never throws for what
 * JSON.parse gives, however deep. */
export function pythonText(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value)
}

/** A piece that is text already, or a value whose text is still to be made. */
type Piece = { text: string } | { value: unknown }

const comma: Piece = { text: ', ' }

/** Without recursion, as JSON may be nested deeper than the stack. */
function pythonRepr(whole: unknown): string {
  let text = ''
  const left: Piece[] = [{ value: whole }]
  for (let piece = left.pop(); piece !== undefined; piece = left.pop()) {
    if ('text' in piece) text += piece.text
    else if (typeof piece.value !== 'object' || piece.value === null) text += scalar(piece.value)
    else pushReversed(left, piecesOf(piece.value))
  }
  return text
}

function piecesOf(value: object): Piece[] {
  const list = Array.isArray(value)
  const pieces: Piece[] = [{ text: list ? '[' : '{' }]
  for (const [key, item] of Object.entries(value)) {
    if (pieces.length > 1) pieces.push(comma)
    if (!list) pieces.push({ text: `${quoted(key)}: ` })
    pieces.push({ value: item })
  }
  pieces.push({ text: list ? ']' : '}' })
  return pieces
}

function pushReversed(left: Piece[], pieces: Piece[]): void {
  for (let index = pieces.length - 1; index >= 0; index -= 1) {
    const piece = pieces[index]
    if (piece) left.push(piece)
  }
}

function scalar(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'number':
      return number(value)
    case 'boolean':
      return value ? 'True' : 'False'
    case 'bigint':
      return String(value)
    default:
      return 'None'
  }
}

/** A float's shortest digits, with an exponent from 1e16 upwards and below 0.0001. */
function number(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value)
  const [mantissa = '', power = ''] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent >= 16 || exponent < -4) {
    const digits = String(Math.abs(exponent)).padStart(2, '0')
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`
  }
  if (Object.is(value, -0)) return '-0.0'
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

/** Controls, formats, surrogates, private and unassigned signs, and separators but for the space. */
const special = /['\\]|(?! )[\p{C}\p{Z}]/gu

/** In single quotes, unless there is one in it and no double one. */
function quoted(text: string): string {
  if (text.search(special) < 0) return `'${text}'`
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replace(special, (character) => {
    if (character === "'") return quote === "'" ? "\\'" : character
    return named[character] ?? hexadecimal(character.codePointAt(0) ?? 0)
  })
  return quote + escaped + quote
}

const named: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function hexadecimal(code: number): string {
  const digits = code.toString(16)
  if (code < 0x100) return `\\x${digits.padStart(2, '0')}`
  return code < 0x10000 ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`
}

/** Deeper than this nothing is read: it is no value of Cado's. */
const deepest = 100

/**
 * The value of such a text, as JSON would have it: a list, map, text in quotes, number, True, False,
 * or None (null). Undefined for anything else, such as a number that JSON cannot hold exactly.
 */
export function fromPythonText(text: string): unknown {
  try {
    const reader = new Reader(text)
    const value = reader.value(0)
    return reader.atEnd ? value : undefined
  } catch (thrown) {
    if (thrown instanceof NoPython) return undefined
    throw thrown
  }
}

class NoPython extends Error {}

const words: Record<string, boolean | null> = { True: true, False: false, None: null }
const wordHere = /True|False|None/y
const numberHere = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]\d+)?/y

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length
  }

  value(depth: number): unknown {
    if (depth > deepest) throw new NoPython()
    const first = this.#text.charAt(this.#at)
    if (first === '[') return this.#list(depth)
    if (first === '{') return this.#map(depth)
    if (first === "'" || first === '"') return this.#quoted()
    const word = this.#take(wordHere)
    if (word !== undefined) return words[word[0]]
    const digits = this.#take(numberHere)?.[0]
    const value = Number(digits)
    const whole = digits !== undefined && /^-?\d+$/.test(digits)
    if (digits === undefined || !Number.isFinite(value)) throw new NoPython()
    if (whole && !Number.isSafeInteger(value)) throw new NoPython()
    return value
  }

  #list(depth: number): unknown[] {
    const list: unknown[] = []
    this.#items('[', ']', () => list.push(this.value(depth + 1)))
    return list
  }

  #map(depth: number): object {
    const entries: [string, unknown][] = []
    this.#items('{', '}', () => {
      const key = this.#quoted()
      this.#expect(': ')
      entries.push([key, this.value(depth + 1)])
    })
    // Unlike an assignment it makes a property of `__proto__` as well.
    return Object.fromEntries(entries)
  }

  #items(open: string, close: string, item: () => void): void {
    this.#expect(open)
    for (let first = true; !this.#text.startsWith(close, this.#at); first = false) {
      if (!first) this.#expect(', ')
      item()
    }
    this.#expect(close)
  }

  /** By hand: a pattern that repeats a choice runs out of stack on a long text. */
  #quoted(): string {
    const start = this.#at + 1
    const quote = this.#text.charAt(this.#at)
    if (quote !== "'" && quote !== '"') throw new NoPython()
    let end = start
    while (end < this.#text.length && this.#text.charAt(end) !== quote) {
      end += this.#text.charAt(end) === '\\' ? 2 : 1
    }
    if (end >= this.#text.length) throw new NoPython()
    this.#at = end + 1
    return this.#text.slice(start, end).replace(escapes, unescaped)
  }

  #expect(text: string): void {
    if (!this.#text.startsWith(text, this.#at)) throw new NoPython()
    this.#at += text.length
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match === null) return undefined
    this.#at = pattern.lastIndex
    return match
  }
}

const escapes = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([^]))/g
const characters: Record<string, string> = { n: '\n', r: '\r', t: '\t' }

function unescaped(_all: string, x?: string, u?: string, wide?: string, one = ''): string {
  const code = x ?? u ?? wide
  if (code === undefined) {
    const character = characters[one] ?? (/['"\\]/.test(one) ? one : undefined)
    if (character === undefined) throw new NoPython()
    return character
  }
  const point = parseInt(code, 16)
  if (point > 0x10ffff) throw new NoPython()
  return String.fromCodePoint(point)
}

/**
 * A configuration as it was written, before it is held against a schema: nested maps, lists and
 * values, and for each of them the place that an error should name.
 *
 * A file is YAML 1.2 (core schema), of which JSON is a part. What YAML would let pass and a reader
 * would misread is an error with line and column: a key given twice, a tab as indentation, a tag,
 * a second document. The parser's own texts are not shown where they quote the file, since what
 * they quote may be a secret.
 */
import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument, visit } from 'yaml'
import type { Node, ParsedNode, YAMLError } from 'yaml'
import { error } from '../error.ts'

export type Path = readonly string[]

export interface Document {
  value: unknown
  /** Where this is: `cefline.yaml:12 sources.siem.url`, of the whole `cefline.yaml:1`, or a variable's
   * name. */
  place(path: Path): string
  /** Its line, of the nearest key above it when it is not there; 0 where there are no lines. */
  line(path: Path): number
}

/** Stands for a value that has been reported already: nothing further is said about it. */
export const unusable = Symbol('unusable')

export function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `sources.siem.url`; a key that could be misread in it is quoted. */
export function dotted(path: Path): string {
  return path.map((key) => (/^[\w.-]+$/.test(key) ? key : JSON.stringify(key))).join('.')
}

/** One string per path, for use as a key. */
export function pathKey(path: Path): string {
  return JSON.stringify(path)
}

/** The same document with values put into it, each with a place of its own. */
export function overlay(
  document: Document,
  settings: readonly { path: Path; value: unknown; place: string }[],
): Document {
  const value = settings.reduce<unknown>(
    (whole, setting) => put(whole, setting.path, setting.value),
    document.value ?? {},
  )
  const places = new Map(settings.map(({ path, place }) => [pathKey(path), place]))
  return {
    value,
    place: (path) => places.get(pathKey(path)) ?? document.place(path),
    line: (path) => (places.has(pathKey(path)) ? 0 : document.line(path)),
  }
}

/** A document made in the program. */
export function plainDocument(value: unknown, origin: string): Document {
  return { value, place: (path) => `${origin} ${dotted(path)}`.trimEnd(), line: () => 0 }
}

/** Reads YAML or JSON. Throws `config` with every fault of the syntax, one a line. */
export function parseFile(text: string, name: string): Document {
  const lines = new LineCounter()
  const parsed = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    version: '1.2',
    schema: 'core',
  })
  // One slip often makes several faults of one line; the first of them is the slip.
  const told = new Map<number, string>()
  const tell = (offset: number, fault: string) => {
    const { line, col } = lines.linePos(offset)
    if (!told.has(line)) told.set(line, `${name}:${line}:${col} ${fault}`)
  }
  for (const fault of [...parsed.errors, ...parsed.warnings]) {
    tell(fault.pos[0], explain(fault, text))
  }
  visit(parsed, {
    Alias: (_key, alias, ancestors) => {
      const anchored = alias.resolve(parsed)
      const offset = alias.range?.[0] ?? 0
      if (!anchored) tell(offset, 'a value that begins with * is an alias; put it in quotes')
      else if (ancestors.includes(anchored)) tell(offset, 'an alias stands within what it means')
    },
  })
  if (told.size > 0) throw error('config', [...told.values()].join('\n'))
  const lineOf = (path: Path) => lines.linePos(offsetOf(parsed.contents, path, parsed)).line
  return {
    value: toValue(parsed, name),
    place: (path) => `${name}:${lineOf(path)} ${dotted(path)}`.trimEnd(),
    line: lineOf,
  }
}

type Parsed = ReturnType<typeof parseDocument<ParsedNode>>

function toValue(parsed: Parsed, name: string): unknown {
  try {
    return parsed.toJS()
  } catch (thrown) {
    // Aliases of aliases, a small text that would become a huge one.
    const place = `${name}: has too many aliases`
    throw error('config', `${place}; write the values out in their place`, { cause: thrown })
  }
}

/** Where the last key of the path begins, or of the nearest above it that is there. */
function offsetOf(contents: Node | null, path: Path, parsed: Parsed): number {
  let node: unknown = contents
  let offset = contents?.range?.[0] ?? 0
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(parsed)
    if (isMap(node)) {
      const pair = node.items.find(({ key: written }) => isScalar(written) && written.value === key)
      if (!pair) break
      offset = (pair.key as Node).range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(key)]
      offset = (node as Node | undefined)?.range?.[0] ?? offset
    } else break
  }
  return offset
}

/** What is wrong and what to do, in words that quote at most a key. */
function explain({ code, message, pos }: YAMLError, text: string): string {
  switch (code) {
    case 'DUPLICATE_KEY': {
      const [key = ''] = /^[^\s:]+/.exec(text.slice(pos[0])) ?? []
      return `the key ${key} is there twice in one map; keep one of them`
    }
    case 'TAB_AS_INDENT':
      return 'a tab is no indentation; use spaces'
    case 'MULTIPLE_DOCS':
      return 'a second document begins; keep one in a file'
    case 'NON_STRING_KEY':
      return 'a key is not a text; write a plain name'
    case 'TAG_RESOLVE_FAILED':
      return 'a tag (!…) has no meaning here; put a value that begins with ! in quotes'
    case 'BAD_DQ_ESCAPE':
      return 'a backslash in double quotes begins an escape; use single quotes'
    case 'BAD_SCALAR_START':
      return 'a value cannot begin with this character; put it in quotes'
    case 'BAD_DIRECTIVE':
      return 'a line that begins with % is a directive; put the value in quotes'
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'a value holds a colon and a space, or is indented wrongly; put it in quotes'
    case 'MISSING_CHAR':
      return /^Missing closing/.test(message)
        ? 'a quote is not closed'
        : 'a key has no value; write a colon and a space after it'
    default:
      return `is not YAML: ${message.replace(/[:"'][\s\S]*$/, '').trim()}`
  }
}

function put(whole: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value
  // What is no map stays as it is, so that its own error is told.
  if (whole !== undefined && whole !== null && !isGroup(whole)) return whole
  return { ...whole, [key]: put(whole?.[key], rest, value) }
}

/**
 * The API's XML as the values that its JSON would have, so that all that follows, down to the ids of
 * records and the text of rejects, is the same for both.
 *
 * An element with elements in it is an object, any other one its text; one that is repeated, and
 * every `DetailList`, is an array; `xsi:nil` is null. Order and indentation mean nothing. Elements of
 * the root's namespace, or of none, have their local names, a prefix that means another one stays,
 * and attributes are fields of their own (`Who@Type`), so that nothing unknown is lost or passes for
 * something known.
 *
 * Read as a stream of events by saxes, which knows no external entity. A DOCTYPE is refused, as is
 * any entity but XML's five: an answer of the API has neither, and both have been used for attacks.
 * What is not well formed to its end is refused whole. Two faults are borne: a character that XML has
 * no place for, and a reference to one, are kept as they stand, as a server that lets one through
 * would else have made all records behind it unreachable.
 */
import { SaxesParser } from 'saxes'
import type { SaxesTagNS } from 'saxes'

export interface XmlDocument {
  /** The root's. */
  name: string
  value: unknown
}

/** An element that is not closed yet. */
interface Open {
  name: string
  text: string
  fields: Map<string, unknown>
  attributes: [name: string, value: string][]
  isNull: boolean
}

/** The API's own has six. */
const deepest = 64
/** Elements of elements: what is between the tags of an empty one is indentation. */
const containers = [
  ...['ActivityRecordList', 'ActivityRecordsList', 'ActivityRecord', 'DetailList', 'Detail'],
  ...['MonitoringPlan', 'ManagedObject', 'Item', 'ErrorList', 'Error'],
]
const borne = ['disallowed character.', 'malformed character entity.']

const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance'
/** Namespaces whose attributes say something to the reader, not about the record. */
const technical = [
  'http://www.w3.org/2000/xmlns/',
  'http://www.w3.org/XML/1998/namespace',
  schemaInstance,
]

/** Throws an Error that says what is wrong, to be put into a sentence. */
export function readXml(text: string): XmlDocument {
  const parser = new SaxesParser({ xmlns: true, position: false })
  const open: Open[] = []
  let namespace: string | undefined
  let root: XmlDocument | undefined
  const refuse = (what: string): never => {
    throw new Error(what)
  }
  const addText = (piece: string) => {
    const top = open.at(-1)
    if (top) top.text += piece
  }
  parser.on('error', ({ message }) => {
    if (!borne.includes(message)) refuse(message.replace(/\.$/, ''))
  })
  parser.on('doctype', () => refuse('a DOCTYPE, which is not read'))
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('opentag', (tag) => {
    namespace ??= tag.uri
    if (open.length === deepest) refuse(`elements more than ${deepest} deep`)
    open.push(opened(tag, namespace))
  })
  parser.on('closetag', () => {
    const closed = open.pop()
    if (!closed) return
    const value = valueOf(closed)
    const parent = open.at(-1)
    if (!parent) {
      root = { name: closed.name, value }
      return
    }
    put(parent.fields, closed.name, value)
    // An element that is text has no place for its attributes but beside it.
    if (closed.fields.size > 0) return
    for (const [name, attribute] of closed.attributes) {
      put(parent.fields, `${closed.name}@${name}`, attribute)
    }
  })
  parser.write(text).close()
  return root ?? refuse('no element')
}

/**
 * The entries of an error list, each as one line (`InputError Invalid count parameter specified`);
 * undefined when the text is no such list in XML. Source: Netwrix, "Error Details".
 */
export function readErrorList(text: string): string[] | undefined {
  try {
    const { name, value } = readXml(text.trimStart())
    if (name !== 'ErrorList') return undefined
    const errors = [(value as Record<string, unknown>)['Error'] ?? []].flat()
    return errors.map((entry) => {
      const { Category, Description, Location } = Object(entry) as Record<string, unknown>
      return [Category, Description, Location].filter((part) => typeof part === 'string').join(' ')
    })
  } catch {
    return undefined
  }
}

function opened({ prefix, local, uri, attributes }: SaxesTagNS, namespace: string): Open {
  const isOwn = uri === namespace || uri === ''
  const all = Object.values(attributes)
  const nil = all.find((attribute) => attribute.uri === schemaInstance && attribute.local === 'nil')
  return {
    name: isOwn || prefix === '' ? local : `${prefix}:${local}`,
    text: '',
    fields: new Map(),
    attributes: all
      .filter((attribute) => !technical.includes(attribute.uri))
      .map(({ name, value }) => [name, value]),
    isNull: /^\s*(true|1)\s*$/.test(nil?.value ?? ''),
  }
}

function valueOf({ name, text, fields, attributes, isNull }: Open): unknown {
  if (fields.size === 0) {
    if (isNull) return null
    return containers.includes(name) && text.trim() === '' ? '' : text
  }
  if (name === 'DetailList' && fields.size === 1 && fields.has('Detail')) {
    return [fields.get('Detail')].flat()
  }
  for (const [attribute, value] of attributes) put(fields, `@${attribute}`, value)
  if (text.trim() !== '') put(fields, '#text', text.trim())
  // Has names such as __proto__ as names.
  return Object.fromEntries(fields)
}

/** The second of a name makes a list. */
function put(fields: Map<string, unknown>, name: string, value: unknown): void {
  if (!fields.has(name)) {
    fields.set(name, value)
    return
  }
  const before = fields.get(name)
  // Two lists are one: only a DetailList's value is a list of its own.
  if (Array.isArray(before) && Array.isArray(value)) fields.set(name, [before, value].flat())
  else if (Array.isArray(before)) before.push(value)
  else fields.set(name, [before, value])
}

/**
 * The stand-in Integration API's XML: what it was posted, and its answers. Its own, so that a slip in
 * Cefline's reading of XML does not agree with itself.
 */
import { SaxesParser } from 'saxes'

const namespace = 'http://schemas.netwrix.com/api/v1/activity_records/'

export interface XmlElement {
  name: string
  attributes: Record<string, string>
  children: XmlElement[]
  text: string
}

/** The root of a document that declares the API's namespace; undefined when it is none. */
export function parseXml(text: string): XmlElement | undefined {
  const parser = new SaxesParser({ xmlns: true })
  const top: XmlElement = { name: '', attributes: {}, children: [], text: '' }
  const open = [top]
  parser.on('opentag', ({ local, uri, attributes }) => {
    if (uri !== namespace) throw new Error('another namespace')
    const values = Object.values(attributes).map(({ name, value }) => [name, value])
    const element: XmlElement = {
      name: local,
      attributes: Object.fromEntries(values) as Record<string, string>,
      children: [],
      text: '',
    }
    open.at(-1)?.children.push(element)
    open.push(element)
  })
  parser.on('text', (piece) => {
    const element = open.at(-1)
    if (element) element.text += piece
  })
  parser.on('closetag', () => void open.pop())
  parser.on('error', (fault) => {
    throw fault
  })
  try {
    parser.write(text).close()
    return top.children[0]
  } catch {
    return undefined
  }
}

/** A page as the documentation shows it, the mark first. */
export function pageXml(list: unknown, mark: string | undefined): string {
  const records = [list ?? []].flat().map((record) => element('ActivityRecord', record))
  const place = mark === undefined ? '' : element('ContinuationMark', mark)
  const root = `<ActivityRecordList xmlns="${namespace}">`
  return `<?xml version="1.0" standalone="yes"?>\n${root}\n  ${[place, ...records].join('\n  ')}\n</ActivityRecordList>`
}

export function errorsXml(category: string, description: string): string {
  const entry = element('Error', { Category: category, Description: description })
  return `<?xml version="1.0" encoding="UTF-8" ?>\n<ErrorList xmlns="http://schemas.netwrix.com/api/v1/">${entry}</ErrorList>`
}

/** A value of the JSON form as an element; the entries of a list are `Detail`s. */
function element(name: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return `<${name}/>`
  if (Array.isArray(value)) {
    return `<${name}>${value.map((entry) => element('Detail', entry)).join('')}</${name}>`
  }
  if (typeof value === 'object') {
    const parts = Object.entries(value).map(([part, inner]) => element(part, inner))
    return `<${name}>${parts.join('')}</${name}>`
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `<${name}>${escape(text)}</${name}>`
}

function escape(text: string): string {
  const named: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
  return text.replace(/[&<>]|\r/g, (character) => named[character] ?? '&#13;')
}

/**
 * What is posted for a page in XML: a mark, or a search with its mark and its filter.
 *
 * Source: Netwrix Auditor documentation, "Continuation Mark", "Search Parameters", "Filters".
 */
import type { Condition, Filter } from './filter.ts'

const prolog = '<?xml version="1.0" standalone="yes"?>'
const namespace = 'http://schemas.netwrix.com/api/v1/activity_records/'

export function markXml(mark: string): string {
  return `${prolog}<ContinuationMark xmlns="${namespace}">${escape(mark)}</ContinuationMark>`
}

export function searchXml(mark: string | undefined, filter: Filter): string {
  const place = mark === undefined ? '' : element('ContinuationMark', escape(mark))
  const list = [...filter.fields]
    .flatMap(([name, conditions]) => conditions.map((condition) => conditionXml(name, condition)))
    .join('')
  const search = `${place}${element('FilterList', list)}`
  return `${prolog}<ActivityRecordSearch xmlns="${namespace}">${search}</ActivityRecordSearch>`
}

/** `<Who Operator="NotEqualTo">x</Who>`, `<When><From>…</From></When>`; repeated for each entry. */
function conditionXml(name: string, { operator, value }: Condition): string {
  const attribute = operator === undefined ? '' : ` Operator="${escape(operator)}"`
  const content =
    typeof value === 'string'
      ? escape(value)
      : Object.entries(value)
          .map(([part, text]) => (text === '' ? `<${part}/>` : element(part, escape(text))))
          .join('')
  return `<${name}${attribute}>${content}</${name}>`
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`
}

/** XML's five. */
function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
}

/**
 * The option `mapping` that every source of records and timelines has: plain data, so that it can be posted to a worker
 * thread as it is. `compile.ts` judges what is in the trees and makes the mapping of it.
 */

/** As it was written: a map or a list whose keys no schema knows. */
export type Tree = unknown

export interface MappingSpec {
  readonly fields: Tree
  readonly header: Tree
  readonly severity: Tree
  readonly alertMinimum: number | null
  readonly privacy: { readonly key: string | null; readonly fields: Tree }
}

export const mappingSchema = {
  fields: {
    doc: 'CEF keys by name: a constant, a text with fields of the record such as {Who}, or null to leave the key out.',
    format: 'tree',
    default: null as Tree,
  },
  header: {
    doc: 'The header fields product, classId and name, as texts of the same kind.',
    format: 'tree',
    default: null as Tree,
  },
  severity: {
    doc: 'A number from 0 to 10, or a list of rules of which the first that fits counts.',
    format: 'tree',
    default: null as Tree,
  },
  alertMinimum: {
    doc: 'The least severity of an alert, 0 to 10; 7 when not set (of a timeline’s alarm: none).',
    format: 'count',
    default: null as number | null,
  },
  privacy: {
    key: {
      doc: 'The secret that values are hashed with, 16 characters or more.',
      format: 'text?',
      default: null as string | null,
      sensitive: true,
    },
    fields: {
      doc: 'Fields of the record to be hidden, by name: drop, hash, or { cut: 20 } characters.',
      format: 'tree',
      default: null as Tree,
    },
  },
}

/** Nothing of it is set, so that the mapping is the profile's alone. */
export function isEmptyMapping({ fields, header, severity, alertMinimum, privacy }: MappingSpec) {
  return alertMinimum === null && [fields, header, severity, privacy.fields].every(isEmpty)
}

function isEmpty(tree: Tree): boolean {
  if (tree === null || typeof tree !== 'object') return tree === null
  return Object.keys(tree).length === 0
}

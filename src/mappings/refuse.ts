/**
 * What is wrong with a mapping, as an error of code `config` that names the whole path, and the shapes
 * that its trees may have.
 */
import { error } from '../error.ts'
import type { Tree } from './options.ts'

/** To be thrown: `sources.activity.mapping.fields.cs4 has …`. */
export function refusal(place: string, what: string, cause?: unknown): Error {
  return error('config', `${place} ${what}`, { cause })
}

/** A map, or nothing at all. Throws `config`. */
export function entriesOf(tree: Tree, place: string, example: string): [string, unknown][] {
  if (tree === null || tree === undefined) return []
  if (typeof tree === 'object' && !Array.isArray(tree)) return Object.entries(tree)
  throw refusal(place, `is ${kindOf(tree)} where a map belongs; write ${example}`)
}

export function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'a map' : `${JSON.stringify(value)}`
}

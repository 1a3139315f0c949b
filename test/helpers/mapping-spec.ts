/**
 * The option `mapping` as the configuration gives it, with what is not set.
 */
import type { MappingSpec } from '../../src/mappings/options.ts'

export function spec(parts: Partial<MappingSpec>): MappingSpec {
  return {
    fields: null,
    header: null,
    severity: null,
    alertMinimum: null,
    privacy: { key: null, fields: null },
    ...parts,
  }
}

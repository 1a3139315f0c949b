/**
 * The records behind the lines of a preview. A source's mapping is watched: what goes in is what the
 * next line is made of. Shown of it is what the mapping's privacy leaves, or all where that is asked for.
 */
import type { Mapper } from '../mappings/compile.ts'
import { compileMapping, compileRedaction } from '../mappings/compile.ts'
import type { Profile } from '../mappings/netwrix.ts'
import type { MappingSpec } from '../mappings/options.ts'
import { recordFields } from '../mappings/record-field.ts'

export type Fields = ReturnType<typeof recordFields>

/** Of a source's options, what maps its records. */
export interface Mapped {
  profile: Profile
  mapping?: MappingSpec
}

export class WatchedMapping {
  readonly map: Mapper
  /** A record as it was read may have what is not to be shown. */
  readonly hides: boolean
  readonly #waiting: Fields[] = []

  /** Throws `config` for a mapping that cannot be. */
  constructor({ mapping }: Mapped, place: string, raw: boolean) {
    const map = compileMapping(mapping, place)
    const redact = raw ? undefined : compileRedaction(mapping, place)
    this.hides = redact !== undefined
    this.map = (record, options) => {
      this.#waiting.push(recordFields(redact ? redact(record) : record))
      return map(record, options)
    }
  }

  /** The fields of the record that the next line was made of, by Netwrix's names. */
  next(): Fields {
    return this.#waiting.shift() ?? []
  }
}

/**
 * The fields of a kind of record by the names that its product gives them, as the configuration writes
 * them in templates, severity rules and privacy. Case, spaces, `_`, `-` and `.` do not count, and the names
 * that the same fields have elsewhere are known. Any other name is that of a column or property that is
 * kept by its name; one that is a slip away from a field's is refused, unless it is in quotes: `"Whom"`.
 */
import { nearest } from '../io/nearest.ts'

type Read<Subject> = (record: Subject) => string

/** A field of every record, or a column by its plain name and as it was written. */
export type RecordField<Name extends string = string> =
  { kind: 'field'; name: Name } | { kind: 'column'; name: string; written: string }

export interface FieldSetOptions<Subject, Name extends string> {
  /** How each field is read as text; '' where the record does not have it. */
  readers: Record<Name, Read<Subject>>
  /** What the same fields are called elsewhere, by plain names. */
  otherNames: Record<string, Name>
  /** Names that are no field's, and mean one all the same, by plain names. */
  slips?: Record<string, Name>
  /** Names of columns that are no slip, though they are near to a field's. */
  columns?: readonly string[]
  /** What else of a record there is, by name. */
  others: (record: Subject) => readonly [name: string, value: string][]
  /** The field that is the record's time, and how it is read in ms since 1970. */
  time: { name: Name; read: (record: Subject) => number | undefined }
}

export class FieldSet<Subject, Name extends string = string> {
  readonly names: readonly Name[]
  readonly time: FieldSetOptions<Subject, Name>['time']
  readonly #options: FieldSetOptions<Subject, Name>
  readonly #byPlainName: ReadonlyMap<string, Name>
  readonly #columns: ReadonlySet<string>

  constructor(options: FieldSetOptions<Subject, Name>) {
    this.#options = options
    this.names = Object.keys(options.readers) as Name[]
    this.time = options.time
    this.#byPlainName = new Map([
      ...this.names.map((name): [string, Name] => [plainName(name), name]),
      ...Object.entries(options.otherNames),
    ])
    this.#columns = new Set((options.columns ?? []).map(plainName))
  }

  /** The field that was meant. Throws an Error whose message goes on after `{name} `. */
  named(written: string): RecordField<Name> {
    const quoted = /^\s*"(.+)"\s*$/.exec(written)?.[1]
    const name = plainName(quoted ?? written)
    if (name === '') throw new Error('is no name of a field')
    const known = quoted === undefined ? this.#byPlainName.get(name) : undefined
    if (known !== undefined) return { kind: 'field', name: known }
    const sure = quoted !== undefined || this.#columns.has(name)
    const near = sure ? undefined : this.#meant(written.trim())
    if (near === undefined) return { kind: 'column', name, written: (quoted ?? written).trim() }
    throw new Error(
      `is no field; did you mean ${near}? A column of that name is written "${written.trim()}", with its quotes`,
    )
  }

  /** The field whose name, or other name, a column has. */
  ofColumn(name: string): Name | undefined {
    return this.#byPlainName.get(plainName(name))
  }

  /** Reads a field as text; '' when the record does not have it. */
  reader(field: RecordField<Name>): Read<Subject> {
    const { readers, others } = this.#options
    if (field.kind === 'field') return readers[field.name]
    return (record) => others(record).find(([name]) => plainName(name) === field.name)?.[1] ?? ''
  }

  /** All fields of a record that have a value, by name, those that are kept by their name after them. */
  valuesOf(record: Subject): [name: string, value: string][] {
    const { readers, others } = this.#options
    const known = this.names.map((name): [string, string] => [name, readers[name](record)])
    return [...known, ...others(record)].filter(([, value]) => value !== '')
  }

  #meant(written: string): Name | undefined {
    const slip = this.#options.slips?.[plainName(written)]
    return slip ?? (nearest(written, this.names) as Name | undefined)
  }
}

export function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_.\-\ufeff\0]/g, '')
}

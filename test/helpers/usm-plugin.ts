/**
 * A plugin of USM Appliance, read and run in JavaScript: so that its expressions are tried where Python
 * is not. It does what OSSIM's agent does: options in lower case, quotes taken off, rules in the order
 * of their names, `{$x}`, `{translate($x)}` and functions.
 */
import { readFileSync } from 'node:fs'

export type Section = ReadonlyMap<string, string>

/** Settings of the rule that took a line, filled in, with its name as `rule`. */
export type UsmEvent = Record<string, string>

export class UsmPlugin {
  readonly sections: ReadonlyMap<string, Section>
  readonly #rules: { name: string; pattern: RegExp; settings: Section }[]

  constructor(path: string) {
    this.sections = readSections(readFileSync(path, 'utf8'))
    this.#rules = [...this.sections]
      .filter(([name]) => !['DEFAULT', 'config', 'translation'].includes(name))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, settings]) => ({
        name,
        pattern: inJavaScript(settings.get('regexp') ?? ''),
        settings,
      }))
  }

  get rules(): readonly { name: string; settings: Section }[] {
    return this.#rules
  }

  get translation(): Section {
    return this.sections.get('translation') ?? new Map()
  }

  /** What the first rule that fits makes of the line; undefined when none does. */
  read(line: string): UsmEvent | undefined {
    for (const { name, pattern, settings } of this.#rules) {
      const groups = pattern.exec(line)?.groups
      if (groups === undefined) continue
      const event: UsmEvent = { rule: name }
      for (const [option, value] of [...(this.sections.get('DEFAULT') ?? []), ...settings]) {
        if (option !== 'regexp' && option !== 'event_type')
          event[option] = this.#fill(value, groups)
      }
      return event
    }
    return undefined
  }

  #fill(value: string, groups: Record<string, string | undefined>): string {
    const group = (name: string) => groups[name] ?? 'None'
    const [, translated] = /\{translate\(\$([^)]+)\)\}/.exec(value) ?? []
    if (translated !== undefined) {
      return this.translation.get(group(translated).toLowerCase()) ?? group(translated)
    }
    return value.replace(
      /\{\$([^}{]+)\}|\(\$([^)]+)\)/g,
      (_whole, variable: string | undefined, argument = '') =>
        variable === undefined ? `(${group(argument as string)})` : group(variable),
    )
  }
}

/** Sections of `option=value`; throws for an option that is there twice. */
function readSections(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>()
  let section = new Map<string, string>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [, title] = /^\[(.*)\]$/.exec(line) ?? []
    if (title !== undefined) {
      if (sections.has(title)) throw new Error(`[${title}] is there twice`)
      sections.set(title, (section = new Map()))
      continue
    }
    const [, name = '', value = ''] = /^([^:=\s][^:=]*)=(.*)$/.exec(line) ?? []
    const option = name.toLowerCase()
    if (option === '' || section.has(option)) throw new Error(`a line that cannot be: ${line}`)
    section.set(option, value.replace(/^"|"$/g, ''))
  }
  return sections
}

/** Python's named groups are `(?P<…>`; the rest of what is used here is the same in both. */
function inJavaScript(pattern: string): RegExp {
  return new RegExp(pattern.replaceAll('(?P<', '(?<'), 'isu')
}

/**
 * What could stand where the cursor is: by the program's commands, their options and arguments, and
 * the words that these allow.
 */
import type { Argument, Command, Option } from 'commander'

export interface Word {
  word: string
  meaning?: string
}

export type Wanted = { kind: 'words'; words: Word[] } | { kind: 'files' | 'folders' } | Names

/** Names of components, or the codes of rejects. */
export interface Names {
  kind: 'sources' | 'destinations' | 'codes'
  /** Path given by `--config`. */
  config?: string
  /** What is already written, and what comes before it in the same word. */
  written: string
  prefix: string
}

/** By what an option or an argument calls its value. */
const named: Record<string, Names['kind'] | 'files' | 'folders'> = {
  source: 'sources',
  queue: 'sources',
  destination: 'destinations',
  code: 'codes',
  config: 'files',
  rejects: 'files',
  against: 'files',
  file: 'files',
  in: 'files',
  out: 'files',
  folder: 'folders',
}

/** `words` are those after `cefline`; the last one is being written, and may be empty. */
export function complete(program: Command, words: readonly string[]): Wanted {
  const line = new Line(program)
  for (const word of words.slice(0, -1)) line.read(word)
  const { command, pending, config } = line
  const written = words.at(-1) ?? ''
  if (pending) return ofValue(pending.attributeName(), pending.argChoices, { written, config })
  const [, long = '', value = ''] = /^(--[^=]+)=(.*)$/s.exec(written) ?? []
  const option = optionOf(command, long)
  if (option) {
    const of = { written: value, prefix: `${long}=`, config }
    return ofValue(option.attributeName(), option.argChoices, of)
  }
  if (written.startsWith('-') && !line.isOnlyArguments) return wordsOf(optionsOf(command), written)
  const commands = line.arguments === 0 ? commandsOf(command) : []
  if (commands.length > 0) return wordsOf(commands, written)
  const { argument } = line
  if (!argument) return { kind: 'words', words: [] }
  return ofValue(argument.name(), argument.argChoices, { written, config })
}

/** A line as far as it is written. */
class Line {
  command: Command
  /** Whose value comes next. */
  pending: Option | undefined
  config: string | undefined
  /** Words that are neither options, nor their values, nor commands. */
  arguments = 0
  /** After `--`. */
  isOnlyArguments = false

  constructor(program: Command) {
    this.command = program
  }

  /** The one that the next word would be. */
  get argument(): Argument | undefined {
    const all = this.command.registeredArguments
    const last = all.at(-1)
    return all[this.arguments] ?? (last?.variadic ? last : undefined)
  }

  read(word: string): void {
    if (this.pending) {
      if (this.pending.long === '--config') this.config = word
      this.pending = undefined
      return
    }
    if (word === '--') this.isOnlyArguments = true
    else if (word.startsWith('-') && !this.isOnlyArguments) this.#readOption(word)
    else this.#readOperand(word)
  }

  #readOption(word: string): void {
    const [name = '', value] = word.split(/=(.*)/s)
    const option = optionOf(this.command, name)
    if (!option?.required) return
    if (value === undefined) this.pending = option
    else if (option.long === '--config') this.config = value
  }

  #readOperand(word: string): void {
    const found = this.command.commands.find((one) => one.name() === word)
    if (found && this.arguments === 0) this.command = found
    else this.arguments += 1
  }
}

function ofValue(
  name: string,
  choices: readonly string[] | undefined,
  {
    written,
    config,
    prefix = '',
  }: { written: string; config: string | undefined; prefix?: string },
): Wanted {
  if (choices) {
    const words = choices.filter((word) => word.startsWith(written))
    return { kind: 'words', words: words.map((word) => ({ word: prefix + word })) }
  }
  const kind = named[name]
  if (kind === undefined) return { kind: 'words', words: [] }
  return kind === 'files' || kind === 'folders'
    ? { kind }
    : { kind, written, prefix, ...(config !== undefined && { config }) }
}

function wordsOf(words: readonly Word[], written: string): Wanted {
  return { kind: 'words', words: words.filter(({ word }) => word.startsWith(written)) }
}

function commandsOf(command: Command): Word[] {
  return command.commands
    .filter((one) => !one.name().startsWith('_'))
    .map((one) => ({ word: one.name(), meaning: one.description() }))
}

/** A command's, and the program's, which may stand anywhere before it. */
function optionsOf(command: Command): Word[] {
  const help = { word: '--help', meaning: 'show what the command takes' }
  const own = command.options
    .filter(({ hidden }) => !hidden)
    .map(({ long, short, description }) => ({ word: long ?? short ?? '', meaning: description }))
  return [...own, help]
}

function optionOf(command: Command, name: string): Option | undefined {
  for (let each: Command | null = command; each; each = each.parent) {
    const found = each.options.find(({ long, short }) => long === name || short === name)
    if (found) return found
  }
  return undefined
}

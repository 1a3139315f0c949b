#!/usr/bin/env node
/**
 * The command line: flags in, exit codes out. The only place that ends the process.
 *
 * Exit codes: 0 done, 1 an error that another try may cure, 64 wrong usage, 65 a timeline that is of
 * no known format, 78 configuration (sysexits.h: EX_USAGE, EX_DATAERR, EX_CONFIG).
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { check } from './commands/check.ts'
import { choices, convert } from './commands/convert.ts'
import type { ConvertOptions } from './commands/convert.ts'
import { preview } from './commands/preview.ts'
import * as mark from './commands/mark.ts'
import * as rejects from './commands/rejects.ts'
import { run } from './commands/run.ts'
import * as spool from './commands/spool.ts'
import { status } from './commands/status.ts'
import { noCommand } from './commands/text.ts'
import type { RejectChoice } from './control/verbs.ts'
import { asCefline } from './error.ts'
import { printable } from './io/printable.ts'
import { version } from './version.ts'

const program = new Command('cefline')
  .description(
    'Forwards Netwrix Auditor’s alerts and records and Cado Response’s timelines as CEF: syslog, S3.',
  )
  .version(version)
  .option('-c, --config <file>', 'configuration file (default: see the README)')
  .exitOverride()
  .showHelpAfterError('(try: cefline --help)')

const runCommand = program
  .command('run', { isDefault: true })
  .description('forward until stopped by SIGTERM or SIGINT')
  .action(async () => {
    const { code, isStuck } = await run({ config: configPath() })
    process.exitCode = code
    // An exit would wait for a thread of LMDB's that does not end. The pause is for the last lines.
    if (isStuck) setTimeout(() => process.kill(process.pid, 'SIGKILL'), 250)
    // What nobody reads from standard output is still in the spool, and must not hold up the end.
    setTimeout(() => process.exit(), 1000).unref()
  })

// What is no command would be taken for an argument of the default one.
program.hook('preSubcommand', ({ args: [word = '-'] }, command) => {
  if (command !== runCommand || word === 'run' || word.startsWith('-')) return
  const known = program.commands.map((each) => each.name())
  program.error(`error: ${noCommand(word, known)}`)
})

program
  .command('check')
  .description('read the configuration and try each first step, without changing anything')
  .option('--connect', 'also look up, connect to and log in to every peer')
  .option('--json', 'print one JSON object')
  .action((flags: { connect?: boolean; json?: boolean }) =>
    end(check({ config: configPath(), ...flags })),
  )

program
  .command('preview')
  .description(
    'show what would be sent for the records in a file (- for standard input); no network',
  )
  .argument(
    '<file...>',
    'alert CSV files, activity records as the API gives them, in JSON or XML, or timelines',
  )
  .option('--source <name>', 'read them as this source of the configuration does')
  .option('--limit <number>', 'stop after so many events', wholeNumber)
  .option('--raw', 'show the record with what its source’s mapping hides')
  .option('--json', 'print one JSON object a line')
  .action(
    (files: string[], flags: { source?: string; limit?: number; raw?: boolean; json?: boolean }) =>
      end(preview({ config: configPath(), files, ...flags })),
  )

program
  .command('convert')
  .description('make CEF of a forensic timeline; no spool, no network')
  .argument(
    '<in>',
    'a timeline of Cado, plaso or Timesketch, a bodyfile, mactime or TLN; - is input',
  )
  .argument('[out]', 'the file to make, compressed if it ends in .gz (default: standard output)')
  .addOption(choice('format', 'what it is'))
  .option('--timezone <name>', 'IANA time zone of times that have none (default: UTC)')
  .option('--evidence <name>', 'the evidence’s name where rows have none (default: the file’s)')
  .option('--evidence-id <number>', 'its number where rows have none', wholeNumber)
  .addOption(choice('profile', 'the CEF that is made'))
  .addOption(choice('severity', 'what severity is made of'))
  .option('--json', 'make JSON lines as Cado does')
  .option('--rejects <file>', 'write the rows that are rejected there, as JSON lines')
  .option('--force', 'replace files that exist')
  .option('--quiet', 'show no progress and no summary')
  .addOption(choice('summary', 'the summary on standard error'))
  .action((input: string, output: string | undefined, flags: Omit<ConvertOptions, 'input'>) =>
    end(convert({ input, ...(output === undefined ? {} : { output }), ...flags })),
  )

/** What every command takes that reaches an appliance. */
interface ReachFlags {
  folder?: string
  json?: boolean
}

reaching(program.command('status'))
  .description('show the books: what became of every record, and whether it adds up')
  .action((flags: ReachFlags) => end(status({ config: configPath(), ...flags })))

const spoolCommand = program.command('spool').description('look into the spool')

reaching(spoolCommand.command('ls'))
  .description('list queues and the positions of the destinations in them')
  .action((flags: ReachFlags) => end(spool.list({ config: configPath(), ...flags })))

reaching(spoolCommand.command('verify'))
  .description('read everything, and set damaged blocks aside as files')
  .option('--dry-run', 'only look')
  .action((flags: ReachFlags & { dryRun?: boolean }) =>
    end(spool.verify({ config: configPath(), ...flags })),
  )

reaching(spoolCommand.command('forget'))
  .description('release the positions of a destination that is gone from the configuration')
  .argument('<destination>')
  .action((destination: string, flags: ReachFlags) =>
    end(spool.forget({ config: configPath(), destination, ...flags })),
  )

reaching(spoolCommand.command('export'))
  .description('write the CEF lines of a queue to standard output; nothing is taken out')
  .argument('<queue>', 'the name of a source')
  .option('--destination <name>', 'only what waits for this destination')
  .action((queue: string, flags: ReachFlags & { destination?: string }) =>
    end(spool.exportLines({ config: configPath(), queue, ...flags })),
  )

const rejectsCommand = program
  .command('rejects')
  .description('records that could not be mapped, and lines that were not taken')

filtered(reaching(rejectsCommand.command('ls')))
  .description('list them, the oldest first')
  .option('--limit <number>', 'that many at most (default: 100)', wholeNumber)
  .option('--after <number>', 'those with a greater number', wholeNumber)
  .action((flags: ReachFlags & FilterFlags & { limit?: number; after?: number }) =>
    end(rejects.list({ config: configPath(), ...flags })),
  )

reaching(rejectsCommand.command('show'))
  .description('show the whole record')
  .argument('<number...>', 'as in the list', wholeNumbers)
  .action((numbers: number[], flags: ReachFlags) =>
    end(rejects.show({ config: configPath(), numbers, ...flags })),
  )

filtered(reaching(rejectsCommand.command('retry')))
  .description('try them again, as sources and destinations are configured now')
  .argument('[number...]', 'as in the list', wholeNumbers)
  .option('--all', 'all of them')
  .action((numbers: number[], flags: ChoiceFlags, command: Command) => {
    const choice = choiceOf(numbers, flags, command)
    return end(rejects.retry({ config: configPath(), ...reachOf(flags), ...choice }))
  })

filtered(reaching(rejectsCommand.command('purge')))
  .description('remove them for good')
  .argument('[number...]', 'as in the list', wholeNumbers)
  .option('--all', 'all of them')
  .option('--yes', 'yes, all of them')
  .action((numbers: number[], flags: ChoiceFlags & { yes?: boolean }, command: Command) => {
    const choice = choiceOf(numbers, flags, command)
    if (choice.all && !flags.yes)
      command.error('error: --all removes every reject for good; add --yes')
    return end(rejects.purge({ config: configPath(), ...reachOf(flags), ...choice }))
  })

const markCommand = program
  .command('mark')
  .description('where polling of the Integration API goes on')

reaching(markCommand.command('show'))
  .description('show it')
  .argument('[source]', 'of this source (default: of all)')
  .action((source: string | undefined, flags: ReachFlags) =>
    end(mark.show({ config: configPath(), ...(source === undefined ? {} : { source }), ...flags })),
  )

reaching(markCommand.command('import'))
  .description('take over from the vendor’s PowerShell add-on')
  .argument('<file>', 'its file that ends in Cookie.bin')
  .requiredOption('--source <name>', 'for this source')
  .option('--yes', 'yes, replace the mark that it has')
  .action((file: string, flags: ReachFlags & { source: string; yes?: boolean }) =>
    end(mark.importFile({ config: configPath(), file, ...flags })),
  )

reaching(markCommand.command('set'))
  .description('begin anew')
  .argument('<source>')
  .option(
    '--since <age or date>',
    'as 30d, 2026-11-01 or 2026-11-01T08:00:00Z; 0: everything',
    since,
  )
  .option('--mark <text>', 'after this continuation mark')
  .action(
    (source: string, flags: ReachFlags & { since?: number; mark?: string }, command: Command) => {
      if ((flags.since === undefined) === (flags.mark === undefined)) {
        command.error('error: say where to go on: --since or --mark')
      }
      return end(mark.set({ config: configPath(), source, ...flags }))
    },
  )

interface FilterFlags {
  source?: string
  destination?: string
  code?: string
}

type ChoiceFlags = ReachFlags & FilterFlags & { all?: boolean }

/** The first of the words is the default. */
function choice(name: keyof typeof choices, what: string): Option {
  const words = choices[name]
  return new Option(`--${name} <word>`, `${what} (default: ${words[0]})`).choices(words)
}

function reaching(command: Command): Command {
  return command
    .option('--folder <path>', 'the spool’s folder (default: as configured)')
    .option('--json', 'print JSON')
}

function filtered(command: Command): Command {
  return command
    .option('--source <name>', 'of this source')
    .option('--destination <name>', 'of this destination')
    .option('--code <word>', 'with this code')
}

function reachOf({ folder, json }: ReachFlags): ReachFlags {
  return { ...(folder === undefined ? {} : { folder }), ...(json ? { json } : {}) }
}

/** Numbers, all, or what the filters match: never more than was asked for. */
function choiceOf(numbers: number[], flags: ChoiceFlags, command: Command): RejectChoice {
  const { all = false, source, destination, code } = flags
  const filters = Object.entries({ source, destination, code }).filter(([, value]) => value)
  const ways = [numbers.length > 0, all, filters.length > 0].filter(Boolean).length
  if (ways !== 1) {
    command.error('error: name numbers, or --all, or a filter (--source, --destination, --code)')
  }
  if (numbers.length > 0) return { numbers }
  return all ? { all } : Object.fromEntries(filters)
}

function wholeNumbers(text: string, before: number[] | undefined): number[] {
  return [...(before ?? []), wholeNumber(text)]
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 1 on.')
}

function since(text: string): number {
  const time = mark.parseSince(text)
  if (time !== undefined) return time
  throw new InvalidArgumentError('It must be an age (30d, 12h), or a date that is not to come.')
}

function configPath(): string | undefined {
  return program.opts<{ config?: string }>().config
}

async function end(command: Promise<number>): Promise<void> {
  process.exitCode = await command
}

// A reader that went away, such as `head`, is no failure of ours.
process.stdout.on('error', (failure: NodeJS.ErrnoException) => {
  if (failure.code !== 'EPIPE') throw failure
  process.exit(0)
})

try {
  await program.parseAsync()
} catch (thrown) {
  if (thrown instanceof CommanderError) {
    process.exitCode = thrown.exitCode === 0 ? 0 : 64
  } else {
    const failure = asCefline(thrown)
    for (const line of failure.message.split('\n')) console.error(printable(line))
    if (failure.code === 'internal') console.error(failure.cause ?? failure.stack)
    process.exitCode = failure.code === 'config' ? 78 : 1
  }
}

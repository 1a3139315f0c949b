/**
 * `cefline rejects`.
 */
import type { Command } from 'commander'
import type { RejectChoice } from '../control/verbs.ts'
import type { Context } from './context.ts'
import { reaching, wholeNumber, wholeNumbers } from './options.ts'
import type { ReachFlags } from './options.ts'

interface FilterFlags {
  source?: string
  destination?: string
  code?: string
}

type ChoiceFlags = ReachFlags & FilterFlags & { all?: boolean }

export function addRejects(program: Command, { config, end }: Context): void {
  const rejectsCommand = program
    .command('rejects')
    .description('records that could not be mapped, and lines that were not taken')

  filtered(reaching(rejectsCommand.command('ls')))
    .description('list them, the oldest first')
    .option('--limit <number>', 'that many at most (default: 100)', wholeNumber)
    .option('--after <number>', 'those with a greater number', wholeNumber)
    .action(async (flags: ReachFlags & FilterFlags & { limit?: number; after?: number }) => {
      const { list } = await import('../commands/rejects.ts')
      end(await list({ config: config(), ...flags }))
    })

  reaching(rejectsCommand.command('show'))
    .description('show the whole record')
    .argument('<number...>', 'as in the list', wholeNumbers)
    .action(async (numbers: number[], flags: ReachFlags) => {
      const { show } = await import('../commands/rejects.ts')
      end(await show({ config: config(), numbers, ...flags }))
    })

  filtered(reaching(rejectsCommand.command('retry')))
    .description('try them again, as sources and destinations are configured now')
    .argument('[number...]', 'as in the list', wholeNumbers)
    .option('--all', 'all of them')
    .action(async (numbers: number[], flags: ChoiceFlags, command: Command) => {
      const choice = choiceOf(numbers, flags, command)
      const { retry } = await import('../commands/rejects.ts')
      end(await retry({ config: config(), ...reachOf(flags), ...choice }))
    })

  filtered(reaching(rejectsCommand.command('purge')))
    .description('remove them for good')
    .argument('[number...]', 'as in the list', wholeNumbers)
    .option('--all', 'all of them')
    .option('--yes', 'yes, all of them')
    .action(async (numbers: number[], flags: ChoiceFlags & { yes?: boolean }, command: Command) => {
      const choice = choiceOf(numbers, flags, command)
      if (choice.all && !flags.yes)
        command.error('error: --all removes every reject for good; add --yes')
      const { purge } = await import('../commands/rejects.ts')
      end(await purge({ config: config(), ...reachOf(flags), ...choice }))
    })
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

/**
 * `cefline check` and `preview`: what would be, without doing it.
 */
import type { Command } from 'commander'
import type { PreviewOptions } from '../commands/preview.ts'
import type { Context } from './context.ts'
import { wholeNumber } from './options.ts'

export function addTrials(program: Command, { config, end }: Context): void {
  program
    .command('check')
    .description('read the configuration and try each first step, without changing anything')
    .option('--connect', 'also look up, connect to and log in to every peer')
    .option('--json', 'print one JSON object')
    .action(async (flags: { connect?: boolean; json?: boolean }) => {
      const { check } = await import('../commands/check.ts')
      end(await check({ config: config(), ...flags }))
    })

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
    .option('--against <file>', 'show what this other configuration changes')
    .option('--all', 'with --against: show also events that stay the same')
    .option('--json', 'print one JSON object a line')
    .action(async (files: string[], flags: Omit<PreviewOptions, 'config' | 'files'>) => {
      const { preview } = await import('../commands/preview.ts')
      end(await preview({ config: config(), files, ...flags }))
    })
}

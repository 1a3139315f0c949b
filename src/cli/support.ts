/**
 * The commands for those who run it and those who help: `support-bundle`, `bench`.
 */
import type { Command } from 'commander'
import type { BenchOptions } from '../commands/bench.ts'
import type { Context } from './context.ts'
import { reaching, wholeNumber } from './options.ts'
import type { ReachFlags } from './options.ts'

export function addSupport(program: Command, { config, end }: Context): void {
  reaching(program.command('support-bundle'), 'print one JSON object')
    .description('make an archive for support: no secret, no event and no record is in it')
    .argument('[out]', 'the file to make (default: cefline-support-<time>.tar.gz)')
    .option('--with-events <number>', 'put that many of the latest events in', wholeNumber)
    .option('--connect', 'put in what check --connect finds')
    .action(
      async (
        out: string | undefined,
        flags: ReachFlags & { withEvents?: number; connect?: boolean },
      ) => {
        const { supportBundle } = await import('../commands/support-bundle.ts')
        end(
          await supportBundle({
            config: config(),
            ...(out === undefined ? {} : { out }),
            ...flags,
          }),
        )
      },
    )

  program
    .command('bench')
    .description('measure what this machine, its disk and a receiver can take')
    .option('--events <number>', 'that many (default: 50,000)', wholeNumber)
    .option('--destination <name>', 'send them there too, marked as a test')
    .option('--yes', 'yes, they may reach the SIEM')
    .option('--json', 'print one JSON object')
    .action(async (flags: Omit<BenchOptions, 'config'> & { yes?: boolean }, command: Command) => {
      if (flags.destination !== undefined && !flags.yes) {
        command.error('error: --destination sends all of them to the SIEM; add --yes')
      }
      const { bench } = await import('../commands/bench.ts')
      end(await bench({ config: config(), ...flags }))
    })
}

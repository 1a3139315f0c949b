/**
 * `cefline spool`.
 */
import type { Command } from 'commander'
import type { Context } from './context.ts'
import { reaching } from './options.ts'
import type { ReachFlags } from './options.ts'

export function addSpool(program: Command, { config, end }: Context): void {
  const spoolCommand = program.command('spool').description('look into the spool')

  reaching(spoolCommand.command('ls'))
    .description('list queues and the positions of the destinations in them')
    .action(async (flags: ReachFlags) => {
      const { list } = await import('../commands/spool.ts')
      end(await list({ config: config(), ...flags }))
    })

  reaching(spoolCommand.command('verify'))
    .description('read everything, and set damaged blocks aside as files')
    .option('--dry-run', 'only look')
    .action(async (flags: ReachFlags & { dryRun?: boolean }) => {
      const { verify } = await import('../commands/spool.ts')
      end(await verify({ config: config(), ...flags }))
    })

  reaching(spoolCommand.command('forget'))
    .description('release the positions of a destination that is gone from the configuration')
    .argument('<destination>')
    .action(async (destination: string, flags: ReachFlags) => {
      const { forget } = await import('../commands/spool.ts')
      end(await forget({ config: config(), destination, ...flags }))
    })

  reaching(spoolCommand.command('export'))
    .description('write the CEF lines of a queue to standard output; nothing is taken out')
    .argument('<queue>', 'the name of a source')
    .option('--destination <name>', 'only what waits for this destination')
    .action(async (queue: string, flags: ReachFlags & { destination?: string }) => {
      const { exportLines } = await import('../commands/spool.ts')
      end(await exportLines({ config: config(), queue, ...flags }))
    })
}

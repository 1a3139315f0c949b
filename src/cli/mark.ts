/**
 * `cefline mark`.
 */
import type { Command } from 'commander'
import type { Context } from './context.ts'
import { reaching } from './options.ts'
import type { ReachFlags } from './options.ts'

export function addMark(program: Command, { config, end }: Context): void {
  const markCommand = program
    .command('mark')
    .description('where polling of the Integration API goes on')

  reaching(markCommand.command('show'))
    .description('show it')
    .argument('[source]', 'of this source (default: of all)')
    .action(async (source: string | undefined, flags: ReachFlags) => {
      const { show } = await import('../commands/mark.ts')
      end(await show({ config: config(), ...(source === undefined ? {} : { source }), ...flags }))
    })

  reaching(markCommand.command('import'))
    .description('take over from the vendor’s PowerShell add-on')
    .argument('<file>', 'its file that ends in Cookie.bin')
    .requiredOption('--source <name>', 'for this source')
    .option('--yes', 'yes, replace the mark that it has')
    .action(async (file: string, flags: ReachFlags & { source: string; yes?: boolean }) => {
      const { importFile } = await import('../commands/mark.ts')
      end(await importFile({ config: config(), file, ...flags }))
    })

  reaching(markCommand.command('set'))
    .description('begin anew')
    .argument('<source>')
    .option('--since <age or date>', 'as 30d, 2026-11-01 or 2026-11-01T08:00:00Z; 0: everything')
    .option('--mark <text>', 'after this continuation mark')
    .action(
      async (
        source: string,
        { since: text, ...flags }: ReachFlags & { since?: string; mark?: string },
        command: Command,
      ) => {
        if ((text === undefined) === (flags.mark === undefined)) {
          command.error('error: say where to go on: --since or --mark')
        }
        const { parseSince, set } = await import('../commands/mark.ts')
        const since = text === undefined ? undefined : parseSince(text)
        if (text !== undefined && since === undefined) {
          const cure = 'It must be an age (30d, 12h), or a date that is not to come.'
          command.error(
            `error: option '--since <age or date>' argument '${text}' is invalid. ${cure}`,
          )
        }
        end(
          await set({ config: config(), source, ...(since !== undefined && { since }), ...flags }),
        )
      },
    )
}

/**
 * The commands that show or try a running appliance: `status`, `top`, `tap`, `send-test`.
 */
import { Option } from 'commander'
import type { Command } from 'commander'
import type { TapOptions } from '../commands/tap.ts'
import { sortKeys } from '../commands/top-rows.ts'
import type { SortKey } from '../commands/top-rows.ts'
import type { Context } from './context.ts'
import { duration, reaching, severity, wholeNumber } from './options.ts'
import type { ReachFlags } from './options.ts'

export function addLive(program: Command, { config, end }: Context): void {
  reaching(program.command('status'))
    .description('show the books: what became of every record, and whether it adds up')
    .action(async (flags: ReachFlags) => {
      const { status } = await import('../commands/status.ts')
      end(await status({ config: config(), ...flags }))
    })

  reaching(program.command('top'), 'print a JSON object a line')
    .description('watch sources and destinations: rates, what waits, receipts')
    .option('--interval <time>', 'how often to look (default: 1s)', duration)
    .addOption(new Option('--sort <key>', 'by what (default: name)').choices(sortKeys))
    .option('--once', 'look once, and print it as text')
    .action(async (flags: ReachFlags & { interval?: number; sort?: SortKey; once?: boolean }) => {
      const { top } = await import('../commands/top.ts')
      // An answer that does not come is not waited for.
      end({ code: await top({ config: config(), ...flags }), isFinal: true })
    })

  reaching(program.command('tap'), 'print a JSON object a line')
    .description('show events as they pass to the destinations, until interrupted')
    .option('--source <name>', 'of this source')
    .option('--destination <name>', 'to this destination')
    .option('--severity <number>', 'of this CEF severity or a greater one', severity)
    .option('--match <text>', 'whose CEF line has this text, in capitals or not')
    .option('--latest <number>', 'begin with that many of the latest', wholeNumber)
    .option('--limit <number>', 'end after that many', wholeNumber)
    .option('--no-follow', 'show the latest (100 of them) and end')
    .option('--frame', 'show what is sent, byte by byte where it is no text')
    .action(async (flags: Omit<TapOptions, 'config'>) => {
      const { tap } = await import('../commands/tap.ts')
      end(await tap({ config: config(), ...flags }))
    })

  reaching(program.command('send-test'), 'print a JSON object a line')
    .description('send a marked test event, and show each step until its receipts')
    .option('--destination <name>', 'wait for the receipt of this destination alone')
    .option('--timeout <time>', 'how long to wait for receipts (default: 60s)', duration)
    .action(async (flags: ReachFlags & { destination?: string; timeout?: number }) => {
      const { sendTest } = await import('../commands/send-test.ts')
      const code = await sendTest({ config: config(), ...flags })
      // A destination that does not end has been given up.
      end({ code, isFinal: true })
    })
}

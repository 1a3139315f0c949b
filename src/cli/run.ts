/**
 * `cefline run`, which is also what `cefline` alone does.
 */
import type { Command } from 'commander'
import type { Context } from './context.ts'

export function addRun(program: Command, { config, end }: Context): Command {
  return program
    .command('run', { isDefault: true })
    .description('forward until stopped by SIGTERM or SIGINT')
    .action(async () => {
      const { run } = await import('../commands/run.ts')
      end({ ...(await run({ config: config() })), isFinal: true })
    })
}

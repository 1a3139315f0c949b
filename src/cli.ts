#!/usr/bin/env node
/**
 * The command line: flags in, exit codes out. The only place that ends the process.
 *
 * Exit codes: 0 done, 1 an error that another try may cure, 64 wrong usage, 78 configuration
 * (sysexits.h: EX_USAGE, EX_CONFIG).
 */
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { check } from './commands/check.ts'
import { preview } from './commands/preview.ts'
import { run } from './commands/run.ts'
import { asCefline } from './error.ts'
import { printable } from './io/printable.ts'
import { version } from './version.ts'

const program = new Command('cefline')
  .description('Forwards Netwrix Auditor alerts and activity records to a SIEM as CEF over syslog.')
  .version(version)
  .option('-c, --config <file>', 'configuration file (default: see the README)')
  .exitOverride()
  .showHelpAfterError('(try: cefline --help)')

program
  .command('run', { isDefault: true })
  .description('forward until stopped by SIGTERM or SIGINT')
  .action(async () => {
    await end(run({ config: configPath() }))
    // What nobody reads from standard output is still in the spool, and must not hold up the end.
    setTimeout(() => process.exit(), 1000).unref()
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
  .argument('<file...>', 'alert CSV files, or activity records as the API gives them in JSON')
  .option('--source <name>', 'read them as this source of the configuration does')
  .option('--limit <number>', 'stop after so many events', wholeNumber)
  .option('--json', 'print one JSON object a line')
  .action((files: string[], flags: { source?: string; limit?: number; json?: boolean }) =>
    end(preview({ config: configPath(), files, ...flags })),
  )

function wholeNumber(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 1 on.')
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

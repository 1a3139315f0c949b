/**
 * The program: its commands with their options and arguments, and nothing of what they do. A command's
 * module is loaded when it runs, as loading all of them takes half a second of processor time, ten
 * times what `--version`, `--help` or a shell's completion need beside it.
 */
import { Command } from 'commander'
import { noCommand } from '../commands/text.ts'
import { version } from '../version.ts'
import { addCompletion } from './completion.ts'
import type { Context } from './context.ts'
import { addConvert } from './convert.ts'
import { addLive } from './live.ts'
import { addMark } from './mark.ts'
import { addRejects } from './rejects.ts'
import { addRun } from './run.ts'
import { addSpool } from './spool.ts'
import { addSupport } from './support.ts'
import { addTrials } from './trials.ts'

/** `end` is told how the command ended. Wrong usage is thrown, as a CommanderError. */
export function createProgram(end: Context['end']): Command {
  const program = new Command('cefline')
    .description(
      'Forwards Netwrix Auditor’s alerts and records and Cado Response’s timelines as CEF: syslog, S3.',
    )
    .version(version)
    .option('-c, --config <file>', 'configuration file (default: see the README)')
    .exitOverride()
    .showHelpAfterError('(try: cefline --help)')
  const context: Context = { end, config: () => program.opts<{ config?: string }>().config }
  const run = addRun(program, context)
  addTrials(program, context)
  addConvert(program, context)
  addLive(program, context)
  addSpool(program, context)
  addRejects(program, context)
  addMark(program, context)
  addSupport(program, context)
  addCompletion(program, context)

  // What is no command would be taken for an argument of the default one.
  program.hook('preSubcommand', ({ args: [word = '-'] }, command) => {
    if (command !== run || word === 'run' || word.startsWith('-')) return
    const known = program.commands
      .map((each) => each.name())
      .filter((name) => !name.startsWith('_'))
    program.error(`error: ${noCommand(word, known)}`)
  })
  return program
}

/**
 * `cefline convert`.
 */
import { Option } from 'commander'
import type { Command } from 'commander'
import type { choices, ConvertOptions } from '../commands/convert.ts'
import type { Context } from './context.ts'
import { wholeNumber } from './options.ts'

/** The first of the words is the default. Written again, as the command's module is loaded later; one
 * word too many or too few is no `typeof choices` and does not compile. */
const words: typeof choices = {
  format: [
    'auto',
    'cado',
    'l2tcsv',
    'dynamic',
    'json-line',
    'timesketch',
    'bodyfile',
    'mactime',
    'tln',
    'cef',
  ],
  profile: ['cado', 'cado-classic'],
  severity: ['alarm', 'verbatim'],
  summary: ['text', 'json'],
}

export function addConvert(program: Command, { end }: Context): void {
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
    .action(
      async (input: string, output: string | undefined, flags: Omit<ConvertOptions, 'input'>) => {
        const { convert } = await import('../commands/convert.ts')
        end(await convert({ input, ...(output === undefined ? {} : { output }), ...flags }))
      },
    )
}

function choice(name: keyof typeof words, what: string): Option {
  const [first, ...others] = words[name]
  return new Option(`--${name} <word>`, `${what} (default: ${first})`).choices([first, ...others])
}

/**
 * `cefline completion SHELL`, and the hidden `cefline __complete` that its scripts ask at each key: the
 * answer is made from the program itself, so a script that is installed once never is out of date.
 */
import { Argument } from 'commander'
import type { Command } from 'commander'
import { codes } from '../error.ts'
import { complete } from './complete.ts'
import type { Names, Wanted, Word } from './complete.ts'
import { completionScripts } from './completion-scripts.ts'
import type { Context } from './context.ts'

type Shell = keyof typeof completionScripts

export function addCompletion(program: Command, { config, end }: Context): void {
  const shells = Object.keys(completionScripts) as Shell[]
  program
    .command('completion')
    .description('write a script that completes commands in a shell')
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText(
      'after',
      [
        '',
        'bash: source <(cefline completion bash)           in ~/.bashrc',
        'zsh:  source <(cefline completion zsh)            in ~/.zshrc, after compinit',
        'fish: cefline completion fish | source            in ~/.config/fish/config.fish',
      ].join('\n'),
    )
    .action((shell: Shell) => {
      process.stdout.write(completionScripts[shell])
      end(0)
    })

  program
    .command('__complete', { hidden: true })
    .argument('[words...]', 'what is written, the last one to be completed')
    .action(async (words: string[]) => {
      process.stdout.write(await answer(complete(program, joined(words)), config()))
      end(0)
    })
}

/** What is wanted, `words`, `files` or `folders`, then a word a line, after a tab what it means. */
async function answer(wanted: Wanted, config: string | undefined): Promise<string> {
  const { kind } = wanted
  if (kind === 'files' || kind === 'folders') return `${kind}\n`
  const words = 'words' in wanted ? wanted.words : await namesFor({ config, ...(wanted as Names) })
  return ['words', ...words.map(({ word, meaning = '' }) => `${word}\t${meaning}`), ''].join('\n')
}

async function namesFor({ kind, config, prefix, written }: Names): Promise<Word[]> {
  const names = kind === 'codes' ? codes : await componentsNamed(kind, config)
  return names.filter((name) => name.startsWith(written)).map((name) => ({ word: prefix + name }))
}

/** Of a configuration that cannot be read there are none, and this is no place to say why. */
async function componentsNamed(
  kind: 'sources' | 'destinations',
  config: string | undefined,
): Promise<string[]> {
  const { componentNames } = await import('../commands/component-names.ts')
  try {
    return componentNames(config)[kind]
  } catch {
    return []
  }
}

/** bash makes three words of `--option=value`, of which the last one is to be completed. */
function joined(words: readonly string[]): string[] {
  const kept = words.slice(0, -1).filter((word) => word !== '=')
  const last = words.at(-1) ?? ''
  return [...kept, last === '=' ? '' : last]
}

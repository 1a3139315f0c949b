import { execFile } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import type { Test } from 'tap'
import { complete } from '../../src/cli/complete.ts'
import { completionScripts } from '../../src/cli/completion-scripts.ts'
import { createProgram } from '../../src/cli/program.ts'
import { cefline, cli } from '../helpers/cefline.ts'
import { findProgram, needs } from '../helpers/peers.ts'

const run = promisify(execFile)

t.test('what could stand there, by the program', async (t) => {
  const program = createProgram(() => {})
  const words = (...line: string[]) => {
    const wanted = complete(program, line)
    return wanted.kind === 'words' ? wanted.words.map(({ word }) => word) : wanted.kind
  }
  t.strictSame(words('re'), ['rejects'])
  t.notOk(words('').includes('__complete'), 'what is hidden is not named')
  for (const command of program.commands.filter((one) => !one.name().startsWith('_'))) {
    t.ok(words('').includes(command.name()), command.name())
    for (const { long } of command.options) {
      t.ok(words(command.name(), '--').includes(long ?? ''), `${command.name()} ${long}`)
    }
  }
  t.strictSame(words('rejects', 'p'), ['purge'])
  t.strictSame(words('--config', 'c.yaml', 'rejects', 'purge', '--a'), ['--all'])
  t.strictSame(words('convert', '--format', 'm'), ['mactime'])
  t.strictSame(words('convert', '--format=m'), ['--format=mactime'])
  t.strictSame(words('top', '--sort', ''), ['name', 'rate', 'waiting', 'age', 'state'])
  t.strictSame(words('completion', 'z'), ['zsh'])
  t.strictSame(words('rejects', 'show', '1', ''), [], 'numbers are not guessed')
  t.equal(words('preview', 'a.csv', ''), 'files')
  t.equal(words('--config', ''), 'files')
  t.equal(words('status', '--folder', ''), 'folders')
  t.strictSame(complete(program, ['-c', 'x.yaml', 'tap', '--source=a']), {
    kind: 'sources',
    config: 'x.yaml',
    written: 'a',
    prefix: '--source=',
  })
  t.match(complete(program, ['--config', 'x.yaml', 'spool', 'forget', '']), {
    kind: 'destinations',
    config: 'x.yaml',
  })
  t.equal(words('rejects', 'ls', '--code', ''), 'codes')
})

t.test('names are those of the configuration', async (t) => {
  const cwd = folderFor(t)
  const ask = async (...words: string[]) =>
    (await cefline(['__complete', '--', ...words], { cwd })).stdout
  t.equal(await ask('tap', '--source', 'al'), 'words\nalerts\t\n')
  t.equal(await ask('tap', '--destination', ''), 'words\nsiem\t\narchive\t\n')
  t.equal(await ask('--config', 'other.yaml', 'tap', '--destination', ''), 'words\n')
  writeFileSync(
    join(cwd, 'odd.yaml'),
    'destinations: { "a;touch x": {}, "$(b)": {}, "c d": {}, "e\\u001bf": {}, good: {} }\n',
  )
  t.equal(
    await ask('--config', 'odd.yaml', 'tap', '--destination', ''),
    'words\ngood\t\n',
    'what a shell would run is no name',
  )
  t.equal(await ask('rejects', 'ls', '--code', 'spool-f'), 'words\nspool-full\t\nspool-failed\t\n')
})

t.test('in bash', needs('bash'), async (t) => {
  const cwd = folderFor(t)
  const inBash = async (...words: string[]) => {
    const line = words.map((word) => `'${word}'`).join(' ')
    const script = `source <(cefline completion bash); COMP_WORDS=(cefline ${line}); COMP_CWORD=${words.length}; _cefline cefline; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = await run('bash', ['--norc', '-c', script], { cwd, env: withCefline(cwd) })
    return stdout.split('\n').filter(Boolean)
  }
  t.strictSame(await inBash('tap', '--des'), ['--destination'])
  t.strictSame(await inBash('tap', '--destination', 's'), ['siem'])
  t.strictSame(await inBash('tap', '--destination', '=', ''), ['siem', 'archive'])
  t.strictSame(await inBash('tap', '--destination', '='), ['siem', 'archive'])
  t.strictSame((await inBash('preview', 'cef')).sort(), ['cefline', 'cefline.yaml'])
})

t.test('in zsh', needs('zsh'), async (t) => {
  const cwd = folderFor(t)
  const script = `compdef() { :; }; _describe() { print -l -- "\${(@)found}"; }; _files() { print files; }
    source <(cefline completion zsh)
    words=(cefline tap --destination ''); CURRENT=4; _cefline
    words=(cefline rejects p); CURRENT=3; _cefline
    words=(cefline preview ''); CURRENT=3; _cefline`
  const { stdout } = await run('zsh', ['-f', '-c', script], { cwd, env: withCefline(cwd) })
  t.equal(stdout, 'siem:\narchive:\npurge:remove them for good\nfiles\n')
})

t.test('in fish', needs('fish'), async (t) => {
  const cwd = folderFor(t)
  const inFish = async (line: string) => {
    const script = `cefline completion fish | source; complete -C '${line}'`
    const env = { ...withCefline(cwd), HOME: cwd }
    const { stdout } = await run('fish', ['--no-config', '-c', script], { cwd, env })
    return stdout
  }
  t.equal(await inFish('cefline rejects p'), 'purge\tremove them for good\n')
  t.match(await inFish('cefline tap --destination '), /^archive\s*\nsiem\s*\n$/)
  t.match(await inFish('cefline preview cefl'), /^cefline.yaml$/m)
})

t.test('each shell’s own reader takes the script', async (t) => {
  for (const [shell, script] of Object.entries(completionScripts)) {
    if (findProgram(shell) === undefined) continue
    const file = join(t.testdir(), `cefline.${shell}`)
    writeFileSync(file, script)
    await t.resolves(run(shell, ['-n', file]), shell)
  }
  t.equal((await cefline(['completion', 'tcsh'], { cwd: t.testdir() })).code, 64)
})

/** With a configuration, and `cefline` as a command. */
function folderFor(t: Test): string {
  const cwd = t.testdir({
    'cefline.yaml':
      'sources: { alerts: { type: netwrix-alerts }, activity: {} }\ndestinations: { siem: {}, archive: {} }\n',
    cefline: `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`,
  })
  chmodSync(join(cwd, 'cefline'), 0o755)
  return cwd
}

function withCefline(folder: string): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` }
}

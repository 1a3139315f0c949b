/**
 * `--json` everywhere: every command of the program takes it, and prints JSON with it, one value or
 * one a line, and nothing else on standard output.
 */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import t from 'tap'
import { createProgram } from '../../src/cli/program.ts'
import type { Ended } from '../../src/cli/context.ts'
import { startAppliance } from '../helpers/appliance.ts'
import { cefline } from '../helpers/cefline.ts'
import { eventually } from '../helpers/daemon.ts'
import { printed } from './helpers.ts'

/** The log of `run` is JSON (`log.format`), and a completion is a script. */
const others = ['run', 'completion']

const names = (command: Command): string[] =>
  command.commands.length === 0
    ? [command.name()]
    : command.commands.flatMap((one) => names(one).map((name) => `${command.name()} ${name}`))

/** They write past the console. */
const asPrograms = ['tap', 'spool export']

/** Each command that is not hidden, as `spool ls`. */
const program = createProgram(() => {})
const all = program.commands
  .filter((one) => !one.name().startsWith('_'))
  .flatMap(names)
  .filter((name) => !others.includes(name))

function optionsOf(name: string): string[] {
  const found = name.split(' ').reduce((command: Command, word) => {
    return command.commands.find((one) => one.name() === word) ?? command
  }, program)
  return found.options.map(({ long }) => long ?? '')
}

t.test('every command takes --json', async (t) => {
  t.ok(all.length >= 20, String(all))
  for (const name of all) t.ok(optionsOf(name).includes('--json'), name)
})

t.test('what is printed with it is JSON', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cefline-'))
  t.teardown(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'drop'))
  const appliance = startAppliance(
    t,
    {
      own: { events: true },
      spool: { folder: join(folder, 'data') },
      sources: {
        alerts: { type: 'netwrix-alerts', folder: join(folder, 'drop') },
        activity: { type: 'netwrix-api', url: 'https://127.0.0.1:1', username: 'u', password: 'p' },
      },
      destinations: { out: { type: 'file', path: join(folder, 'out.cef') } },
    },
    { folder },
  )
  await appliance.started
  const config = join(folder, 'cefline.json')
  const header = 'Action\tObjectType\tWho\tWhat\tWhen'
  const rows = ['2026-11-22T00:00:00Z', '03/04/2026'].map((when) => `Added\tuser\tme\tx\t${when}`)
  const alerts = join(folder, 'alerts.csv')
  await writeFile(alerts, `${[header, ...rows].join('\r\n')}\r\n`)
  await copyFile(alerts, join(folder, 'drop', 'alerts.csv'))
  await eventually(async () => {
    const { sources } = await appliance.status()
    return sources.find(({ name }) => name === 'alerts')?.ledger.rejected === 1 || undefined
  }, 'the file was not read')
  const timeline = join(folder, 'body')
  await writeFile(timeline, '0|/etc/passwd|1|r/rrw-r--r--|0|0|5|1763769600|1763769600|0|0\n')
  const to = join(folder, 'bundle.tar.gz')
  const runs: Record<string, string[]> = {
    check: [],
    preview: [alerts],
    convert: [timeline, join(folder, 'made.json'), '--summary', 'json'],
    status: [],
    top: ['--once'],
    'send-test': [],
    tap: ['--no-follow', '--latest', '5'],
    'spool ls': [],
    'spool verify': [],
    'spool forget': ['nobody'],
    'spool export': ['alerts'],
    'rejects ls': [],
    'rejects show': ['1'],
    'rejects retry': ['--code', 'date'],
    'rejects purge': ['--all', '--yes'],
    'mark show': [],
    'mark set': ['activity', '--since', '30d'],
    'mark import': [join(folder, 'none.bin'), '--source', 'activity'],
    'support-bundle': [to, '--with-events', '2'],
    bench: ['--events', '10'],
  }
  t.same(Object.keys(runs).sort(), [...all].sort(), 'every command is run')
  for (const [name, args] of Object.entries(runs)) {
    const words = ['--config', config, ...name.split(' '), ...args, '--json']
    const text = asPrograms.includes(name)
      ? (await cefline(words, { cwd: folder })).stdout
      : await said(words)
    t.ok(isJson(text), `${name}: ${text.slice(0, 300)}`)
    t.equal(text === '', silent.includes(name), `${name} prints something`)
  }

  async function said(words: string[]): Promise<string> {
    const { text } = await printed(t, async () => {
      let code = 0
      const end = (ended: number | Ended) => {
        code = typeof ended === 'number' ? ended : ended.code
      }
      // An error is plain text on standard error.
      await createProgram(end)
        .parseAsync(['node', 'cefline', ...words])
        .catch(() => {})
      return code
    })
    return text
  }
})

/** What is made goes to a file; nothing waits any more; nobody is forgotten; and an error is plain text
 * on standard error. */
const silent = ['convert', 'spool export', 'spool forget', 'mark import']

/** One value, or one a line; also nothing, where there is none. */
function isJson(text: string): boolean {
  const parses = (part: string) => {
    try {
      JSON.parse(part)
      return true
    } catch {
      return false
    }
  }
  return parses(text) || text.split('\n').every((line) => line === '' || parses(line))
}

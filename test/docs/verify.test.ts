/**
 * docs/verify.md is true: its commands run, one after the other in one shell, and each says what the
 * page has under it. Tests that the page names are there.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { root } from '../helpers/root.ts'

const page = readFileSync(join(root, 'docs', 'verify.md'), 'utf8')

interface Step {
  /** The heading that it stands under, and its first line. */
  name: string
  commands: string
  /** Lines that must come, in this order; `…` is anything. */
  expected: string[]
  /** A program's path, from the root, without which it cannot run. */
  needs: string | undefined
}

const steps = stepsOf(page)

t.test('every command of the page says what it has to', async (t) => {
  const said = await runAll(steps)
  steps.forEach(({ name, expected, needs }, index) => {
    if (needs !== undefined && !existsSync(resolve(root, needs))) {
      return void t.pass(name, { skip: `${needs} is not installed` })
    }
    const output = said[index]
    t.ok(output !== undefined, `${name}: it was run`)
    const missing = firstMissing(expected, output ?? '')
    t.equal(missing, undefined, `${name}: says ${missing ?? 'it all'}`, { output })
  })
})

t.test('every test that the page names is there', async (t) => {
  const named = [...page.matchAll(/test\/[\w/*.-]+\.test\.ts/g)].map(([path]) => path)
  t.ok(named.length >= 6)
  for (const path of named) {
    const [folder = '', name = ''] = [path.replace(/\/[^/]*$/, ''), path.replace(/.*\//, '')]
    const suffix = name.replace('*', '')
    t.ok(
      readdirSync(join(root, folder)).some((file) => file.endsWith(suffix)),
      path,
    )
  }
})

function stepsOf(text: string): Step[] {
  let heading = ''
  const found: Step[] = []
  for (const [, title, kind, body = ''] of text.matchAll(
    /^## (.*)$|^```(sh|text)\n([^]*?)^```$/gm,
  )) {
    if (title !== undefined) heading = title
    else if (kind === 'sh') {
      const [first = ''] = body.split('\n')
      const needs = /^# needs: (.*)$/.exec(first)?.[1]
      found.push({ name: `${heading}: ${first}`, commands: body, expected: [], needs })
    } else found.at(-1)?.expected.push(...body.split('\n').filter(Boolean))
  }
  return found
}

/** What each of them printed, on either output. */
async function runAll(all: readonly Step[]): Promise<(string | undefined)[]> {
  const mark = 'end-of-step'
  const script = all.map(({ commands, needs }) => {
    const guarded = needs === undefined ? commands : `if [ -e ${needs} ]; then\n${commands}fi\n`
    return `${guarded}echo; echo ${mark}`
  })
  const bash = spawn('bash', ['-e', '-o', 'pipefail', '-c', script.join('\n')], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  for (const stream of [bash.stdout, bash.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  const [ended, closed] = [once(bash, 'exit'), once(bash, 'close')]
  await ended
  // One that ends early leaves what it started, in its process group.
  if (bash.pid !== undefined && bash.exitCode !== 0) process.kill(-bash.pid, 'SIGKILL')
  await closed
  const parts = output.split(`\n${mark}\n`)
  return all.map((_step, index) => (index < parts.length - 1 ? parts[index] : undefined))
}

function firstMissing(expected: readonly string[], output: string): string | undefined {
  let rest = output
  for (const line of expected) {
    const parts = line.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    const found = new RegExp(parts.join('[^\\n]*')).exec(rest)
    if (!found) return line
    rest = rest.slice(found.index + found[0].length)
  }
  return undefined
}

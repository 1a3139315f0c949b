/**
 * `cefline check`: reads the configuration, then has each component imitate its first real step
 * and change nothing. Without `--connect` nothing leaves this machine.
 *
 * Exit code 0 when all is well, 78 when anything is not.
 */
import { access, constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import colors from 'picocolors'
import { createDestination, createSource, paceOf, tables } from '../components.ts'
import { redacted } from '../config/redacted.ts'
import type { Configuration } from '../config/load.ts'
import type { CheckStep } from '../core.ts'
import { asCefline } from '../error.ts'
import { printable } from '../io/printable.ts'
import { peekCheckpoints } from '../spool/peek.ts'
import { readConfiguration } from './configuration.ts'

export interface CheckOptions {
  config: string | undefined
  connect?: boolean
  json?: boolean
}

interface Finding extends CheckStep {
  component: string
}

export async function check({ config, connect, json }: CheckOptions): Promise<number> {
  const print = json ? () => {} : printFinding
  const findings: Finding[] = []
  const add = (component: string, step: CheckStep) => {
    findings.push({ component, ...step })
    print({ component, ...step })
  }
  const configuration = readStep(config, (step) => add('configuration', step))
  if (configuration) {
    const { folder } = configuration.spool
    for (const warning of configuration.warnings) {
      add('configuration', { name: 'warning', ok: true, detail: warning, milliseconds: 0 })
    }
    add('spool', await spoolStep(folder))
    const checkpoints = await peekCheckpoints(folder).catch(() => new Map<string, string>())
    for await (const { component, step } of componentSteps(
      configuration,
      checkpoints,
      connect ?? false,
    )) {
      add(component, step)
    }
  }
  const ok = findings.every((finding) => finding.ok)
  if (json) {
    const shown = configuration && redacted(configuration, tables)
    console.log(JSON.stringify({ ok, configuration: shown, steps: findings }, null, 2))
  } else if (!ok) {
    console.log(colors.red(`${findings.filter((finding) => !finding.ok).length} failed`))
  }
  return ok ? 0 : 78
}

function readStep(
  path: string | undefined,
  add: (step: CheckStep) => void,
): Configuration | undefined {
  const start = performance.now()
  try {
    const configuration = readConfiguration(path)
    const { origin, sources, destinations } = configuration
    const detail = `${origin}: ${sources.length} source(s), ${destinations.length} destination(s)`
    add({ name: 'config', ok: true, detail, milliseconds: performance.now() - start })
    return configuration
  } catch (thrown) {
    const detail = asCefline(thrown).message
    add({ name: 'config', ok: false, detail, milliseconds: performance.now() - start })
    return undefined
  }
}

/** The folder, or the nearest one above it that exists, can be written to. */
async function spoolStep(folder: string): Promise<CheckStep> {
  const start = performance.now()
  const step = (ok: boolean, detail: string): CheckStep => {
    return { name: 'folder', ok, detail, milliseconds: performance.now() - start }
  }
  for (let place = folder; ; place = dirname(place)) {
    try {
      await access(place, constants.W_OK | constants.X_OK)
      return step(true, place === folder ? folder : `${folder} will be made`)
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException
      if (code === 'ENOENT' && dirname(place) !== place) continue
      return step(false, `${place} cannot be written to (${String(code)}); give it to this user`)
    }
  }
}

async function* componentSteps(
  { sources, destinations }: Configuration,
  checkpoints: ReadonlyMap<string, string>,
  connect: boolean,
): AsyncGenerator<{ component: string; step: CheckStep }> {
  const signal = AbortSignal.timeout(120_000)
  for (const configuration of sources) {
    const { name: component } = configuration
    try {
      const source = createSource(configuration, () => false)
      for await (const step of source.check(checkpoints.get(component), signal, connect)) {
        yield { component, step }
      }
      await source.close()
    } catch (thrown) {
      yield { component, step: refused(thrown) }
    }
  }
  for (const configuration of destinations) {
    const { name: component } = configuration
    try {
      const destination = createDestination(configuration)
      const pace = `a backlog goes out ${paceOf(configuration)}`
      yield { component, step: { name: 'rate', ok: true, detail: pace, milliseconds: 0 } }
      for await (const step of destination.check(signal, connect)) yield { component, step }
      await destination.close()
    } catch (thrown) {
      yield { component, step: refused(thrown) }
    }
  }
}

/** Options that are right one by one and do not go together: `run` would not start. */
function refused(thrown: unknown): CheckStep {
  return { name: 'config', ok: false, detail: asCefline(thrown).message, milliseconds: 0 }
}

function printFinding({ component, name, ok, detail, milliseconds }: Finding): void {
  const tick = ok ? colors.green('✔') : colors.red('✘')
  const [first = '', ...more] = detail.split('\n').map(printable)
  const time = colors.dim(`${milliseconds.toFixed(0)} ms`)
  console.log(`${tick} ${colors.bold(component)} ${name}: ${first} ${time}`)
  for (const line of more) console.log(`    ${line}`)
}

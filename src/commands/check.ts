/**
 * `cefline check`: reads the configuration, then has each component imitate its first real step
 * and change nothing. Without `--connect` nothing leaves this machine.
 *
 * Exit code 0 when all is well; 1 when only steps of `--connect` failed, which another try may cure;
 * 78 when anything failed that lies on this machine: configuration, files, certificates.
 */
import { access, constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import colors from 'picocolors'
import { createDestination, createSource, paceOf, tables } from '../components.ts'
import { redacted } from '../config/redacted.ts'
import type { Configuration, DestinationConfiguration } from '../config/load.ts'
import type { CheckStep, Destination } from '../core.ts'
import { asCefline } from '../error.ts'
import { ownSource } from '../io/own-source.ts'
import { printable } from '../io/printable.ts'
import { peekCheckpoints } from '../spool/peek.ts'
import { embeddedDefault, readConfiguration } from './configuration.ts'
import { listenStep } from './check-listen.ts'
import { mappingStep, testSteps } from './mapping-tests.ts'
import { counted } from './text.ts'

export interface CheckOptions {
  config: string | undefined
  connect?: boolean
  json?: boolean
}

export interface Finding extends CheckStep {
  component: string
  /** A step of `--connect`: it rests on somebody else too. */
  network: boolean
}

export async function check({ config, connect, json }: CheckOptions): Promise<number> {
  const { configuration, findings } = await examine(
    config,
    connect ?? false,
    json ? () => {} : printFinding,
  )
  const ok = findings.every((finding) => finding.ok)
  if (json) {
    const shown = configuration && redacted(configuration, tables)
    console.log(JSON.stringify({ ok, configuration: shown, steps: findings }, null, 2))
  } else {
    const said = summary(findings)
    if (said !== '') console.log(said)
  }
  if (connect && ok && !json) {
    console.log(colors.dim('nothing was sent; to try the whole way: cefline send-test'))
  }
  if (ok) return 0
  return findings.every((finding) => finding.ok || finding.network) ? 1 : 78
}

/** Every step, told as it is done. Never throws. */
export async function examine(
  config: string | undefined,
  connect: boolean,
  told: (finding: Finding) => void = () => {},
): Promise<{ configuration: Configuration | undefined; findings: Finding[] }> {
  const findings: Finding[] = []
  const add = (component: string, step: CheckStep, network = false) => {
    const finding = { component, ...step, network }
    findings.push(finding)
    told(finding)
  }
  const configuration = readStep(config, (step) => add('configuration', step))
  if (configuration) {
    const { folder } = configuration.spool
    for (const warning of configuration.warnings) {
      add('configuration', {
        name: 'warning',
        ok: true,
        warning: true,
        detail: warning,
        milliseconds: 0,
      })
    }
    for (const source of configuration.sources) {
      const step = mappingStep(source)
      if (step) add(source.name, step)
    }
    for (const step of testSteps(configuration)) add('tests', step)
    const unread = unreadStep(configuration)
    if (unread) add(ownSource, unread)
    add('spool', await spoolStep(folder))
    add('status', await listenStep(configuration))
    const checkpoints = await peekCheckpoints(folder).catch(() => new Map<string, string>())
    for await (const { component, step, network } of componentSteps(
      configuration,
      checkpoints,
      connect,
    )) {
      add(component, step, network)
    }
  }
  return { configuration, findings }
}

function readStep(
  path: string | undefined,
  add: (step: CheckStep) => void,
): Configuration | undefined {
  const start = performance.now()
  try {
    const configuration = readConfiguration(path)
    const { origin, destinations } = configuration
    const sources = configuration.sources.filter(({ name }) => name !== ownSource)
    const detail =
      origin === embeddedDefault
        ? `${origin}: nothing is configured; run reads ./drop and prints what a collector of its own receives`
        : `${origin}: ${sources.length} source(s), ${destinations.length} destination(s)`
    add({ name: 'config', ok: true, detail, milliseconds: performance.now() - start })
    return configuration
  } catch (thrown) {
    const detail = asCefline(thrown).message
    add({ name: 'config', ok: false, detail, milliseconds: performance.now() - start })
    return undefined
  }
}

/** That nobody gets Cefline's own events is allowed, and should be known. */
function unreadStep({ origin, own, sources }: Configuration): CheckStep | undefined {
  if (origin === embeddedDefault || sources.some(({ name }) => name === ownSource)) return undefined
  const detail = own.events
    ? `no destination gets Cefline's own events, so nobody hears when it ends or has no way out; add ${ownSource} to the from of one`
    : 'Cefline’s own events are turned off (own.events), so nobody hears when it ends or has no way out'
  return { name: 'own events', ok: true, detail, milliseconds: 0 }
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

interface ComponentStep {
  component: string
  step: CheckStep
  network: boolean
}

async function* componentSteps(
  { sources, destinations }: Configuration,
  checkpoints: ReadonlyMap<string, string>,
  connect: boolean,
): AsyncGenerator<ComponentStep> {
  const signal = AbortSignal.timeout(120_000)
  for (const configuration of sources) {
    const { name } = configuration
    yield* stepsOf(name, connect, () => {
      const source = createSource(configuration, () => false)
      const steps = (connect: boolean) => source.check(checkpoints.get(name), signal, connect)
      return { steps, close: () => source.close() }
    })
  }
  for (const configuration of destinations) {
    yield* stepsOf(configuration.name, connect, () => {
      const destination = createDestination(configuration)
      const steps = (connect: boolean) =>
        destinationSteps(configuration, destination, signal, connect)
      return { steps, close: () => destination.close() }
    })
  }
}

async function* destinationSteps(
  configuration: DestinationConfiguration,
  destination: Destination,
  signal: AbortSignal,
  connect: boolean,
): AsyncGenerator<CheckStep> {
  const pace = `a backlog goes out ${paceOf(configuration)}`
  yield { name: 'rate', ok: true, detail: pace, milliseconds: 0 }
  yield* destination.check(signal, connect)
}

/** Those that are not there without `connect` are the network's. */
async function* stepsOf(
  component: string,
  connect: boolean,
  make: () => { steps(connect: boolean): AsyncIterable<CheckStep>; close(): Promise<void> },
): AsyncGenerator<ComponentStep> {
  try {
    const made = make()
    const local = new Set<string>()
    if (connect) for await (const { name } of made.steps(false)) local.add(name)
    for await (const step of made.steps(connect)) {
      yield { component, step, network: connect && !local.has(step.name) }
    }
    await made.close()
  } catch (thrown) {
    yield { component, step: refused(thrown), network: false }
  }
}

/** Options that are right one by one and do not go together: `run` would not start. */
function refused(thrown: unknown): CheckStep {
  return { name: 'config', ok: false, detail: asCefline(thrown).message, milliseconds: 0 }
}

/** What is not well, in numbers; empty when all is. That of the configuration
 * holds all its errors, one a line. */
function summary(findings: readonly Finding[]): string {
  const failed = findings.filter(({ ok }) => !ok)
  const errors = failed.reduce((sum, { component, detail }) => {
    return sum + (component === 'configuration' ? detail.split('\n').length : 1)
  }, 0)
  const warnings = findings.filter(({ ok, warning }) => ok && warning).length
  return [
    ...(errors > 0 ? [colors.red(counted(errors, 'error'))] : []),
    ...(warnings > 0 ? [colors.yellow(counted(warnings, 'warning'))] : []),
  ].join(', ')
}

function printFinding({ component, name, ok, warning, detail, milliseconds }: Finding): void {
  const good = warning ? colors.yellow('!') : colors.green('✔')
  const tick = ok ? good : colors.red('✘')
  const [first = '', ...more] = detail.split('\n').map(printable)
  const time = colors.dim(`${milliseconds.toFixed(0)} ms`)
  console.log(`${tick} ${colors.bold(component)} ${name}: ${first} ${time}`)
  for (const line of more) console.log(`    ${line}`)
}

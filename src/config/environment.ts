/**
 * A configuration out of environment variables, for `docker run` without a file.
 *
 * A variable's value is taken as it is: nothing is put into it, so that a password may hold any
 * character. An empty variable is one that is not set, as compose files leave them. A NETWRIX_… or
 * SYSLOG_… that is not known is an error, for a misspelt one would otherwise be missing in silence.
 */
import { resolve } from 'node:path'
import { dotted, isGroup, overlay, pathKey, unusable } from './document.ts'
import type { Document, Path } from './document.ts'
import type { Surroundings } from './interpolate.ts'
import { suggestion } from '../io/nearest.ts'
import { readSecret } from './text-file.ts'
import { componentVariables, generalVariables, madeTypes } from './variables.ts'
import type { Variable } from './variables.ts'

type Environment = Surroundings['env']

/** A fault of a variable, with the variable's name as its place. */
export interface Fault {
  place: string
  text: string
}

export interface Settings {
  settings: { path: Path; value: unknown; place: string }[]
  faults: Fault[]
}

/** Names of the NETWRIX_…, SYSLOG_… and DROP_FOLDER variables that are set, known or not. */
export function componentNames(env: Environment): string[] {
  const known = new Set(componentVariables.map(({ name }) => name))
  return Object.keys(env)
    .filter((name) => isSet(env, name))
    .filter((name) => known.has(name) || /^(NETWRIX|SYSLOG)_/.test(name))
    .filter((name) => !isServiceLink(name, env[name] ?? ''))
    .sort()
}

/**
 * What the general variables set of all that `written`, a file's content, leaves out; `overruled` is
 * what they would have set otherwise than it does.
 */
export function generalSettings(
  surroundings: Surroundings,
  written: unknown = {},
): Settings & { overruled: Settings['settings'] } {
  const isWritten = ({ path }: Variable) => (valueAt(written, path) ?? null) !== null
  const filling = generalVariables.filter((variable) => !isWritten(variable))
  // What cannot be read of these is no fault: it is not used.
  const { settings } = readVariables(generalVariables.filter(isWritten), surroundings)
  const overruled = settings.filter(({ path, value }) => value !== valueAt(written, path))
  return { ...readVariables(filling, surroundings), overruled }
}

/** What the other variables make, with errors that name the variable. */
export function environmentDocument(surroundings: Surroundings): {
  document: Document
  faults: Fault[]
} {
  const { env } = surroundings
  const { settings, faults } = readVariables(componentVariables, surroundings)
  for (const { path, type } of madeTypes) {
    const set = settings.find((setting) => isBelow(setting.path, path))
    if (!set) continue
    const leader = componentVariables.find((one) => one.leads && isBelow(one.path, path))
    if (leader && !isSet(env, leader.name)) {
      faults.push({ place: leader.name, text: `is missing; ${set.place} is set and needs it` })
    }
    settings.push({ path: [...path, 'type'], value: type, place: leader?.name ?? set.place })
  }
  const base: Document = { value: {}, place: (path) => placeOf(path, env), line: () => 0 }
  const document = overlay(base, settings)
  return { document, faults: [...unknownVariables(env), ...faults, ...missing(document)] }
}

function readVariables(
  variables: readonly Variable[],
  { env, cwd, files }: Surroundings,
): Settings {
  const settings: Settings['settings'] = []
  const faults: Fault[] = []
  for (const { name, path: option, file } of variables) {
    if (!isSet(env, name)) continue
    const written = env[name] ?? ''
    const same = settings.find((setting) => pathKey(setting.path) === pathKey(option))
    if (same)
      faults.push({ place: name, text: `is set beside ${same.place}; leave one of them out` })
    let value: unknown = written
    if (file) {
      const path = resolve(cwd, written)
      files?.add(path)
      try {
        value = readSecret(path)
      } catch (thrown) {
        value = unusable
        faults.push({
          place: name,
          text: `${JSON.stringify(written)} ${(thrown as Error).message}`,
        })
      }
    }
    settings.push({ path: option, value, place: name })
  }
  return { settings, faults }
}

function unknownVariables(env: Environment): Fault[] {
  const known = componentVariables.map(({ name }) => name)
  return componentNames(env)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const [prefix = ''] = name.split('_')
      const alike = known.filter((other) => other.startsWith(`${prefix}_`))
      return { place: name, text: `there is no such variable${suggestion(name, alike)}` }
    })
}

function missing({ value }: Document): Fault[] {
  const { sources, destinations } = value as Record<string, unknown>
  const faults: Fault[] = []
  const tell = (kind: string, text: string) => faults.push({ place: placeOf([kind], {}), text })
  if (!sources) tell('sources', 'there is no source; set one of them')
  if (!destinations) {
    tell('destinations', 'there is no destination; set it, such as tls://sensor.example.com:6514')
  }
  return faults
}

/** The variable that sets the option; of several the one that is set, else all of them. */
function placeOf(path: Path, env: Environment): string {
  const exact = componentVariables.filter((variable) => pathKey(variable.path) === pathKey(path))
  const set = exact.filter(({ name }) => isSet(env, name))
  const leaders = componentVariables.filter(
    (variable) => variable.leads && isBelow(variable.path, path),
  )
  const [best] = [set, exact, leaders].filter((list) => list.length > 0)
  return best?.map(({ name }) => name).join(' or ') ?? `environment ${dotted(path)}`
}

function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce((value, key) => {
    return isGroup(value) && Object.hasOwn(value, key) ? value[key] : undefined
  }, tree)
}

function isBelow(path: Path, above: Path): boolean {
  return above.every((key, index) => path[index] === key)
}

function isSet(env: Environment, name: string): boolean {
  return env[name] !== undefined && env[name] !== ''
}

/**
 * Kubernetes gives a pod the addresses of the services beside it: one that is called `syslog` makes
 * SYSLOG_SERVICE_HOST, SYSLOG_PORT=tcp://10.0.0.7:514, SYSLOG_PORT_514_TCP_ADDR and the like. They
 * are told by name and value, so that SYSLOG_PORT=514 is still the slip that it is.
 */
function isServiceLink(name: string, value: string): boolean {
  if (/_SERVICE_HOST$/.test(name)) return true
  if (/_SERVICE_PORT(_[A-Z0-9_]+)?$/.test(name)) return /^\d+$/.test(value)
  if (/_PORT_\d+_(TCP|UDP|SCTP)_(PROTO|PORT|ADDR)$/.test(name)) return true
  if (!/_PORT(_\d+_(TCP|UDP|SCTP))?$/.test(name)) return false
  return /^(tcp|udp|sctp):\/\/(\d[\d.]*|\[[\da-f:]+\]):\d+$/i.test(value)
}

/**
 * Helm on the chart in `helm/`: renders it and hands back its objects. helm and kubeconform come from
 * `.peers/bin`, where `.ci/peers` installs them when Go is there, or from PATH.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { findProgram, unpacked } from './peers.ts'
import { root } from './root.ts'

export const chart = join(root, 'helm')
/** Examples of values, each `NAME-values.yaml`, with what they become in `rendered/NAME.yaml`. */
export const examples = readdirSync(join(chart, 'ci'))
  .flatMap((name) => (name.endsWith('-values.yaml') ? [name.replace('-values.yaml', '')] : []))
  .sort()
export const valuesOf = (example: string) => join(chart, 'ci', `${example}-values.yaml`)
export const snapshotOf = (example: string) => join(chart, 'ci', 'rendered', `${example}.yaml`)

/** The release and the namespace of every rendering. */
export const release = 'cefline'
export const namespace = 'siem'

/** Any part of an object of Kubernetes, asserted on by path. */
export type Part = ReturnType<typeof JSON.parse>

export interface Rendered {
  ok: boolean
  text: string
  /** What helm said when it refused. */
  refusal: string
  /** The objects of one kind. */
  of(kind: string): Part[]
  /** The only one of its kind. */
  one(kind: string): Part
}

/** The path of a program that `go install` made, or of the system's own. */
export function findGoProgram(name: string): string | undefined {
  const own = join(unpacked('bin'), name)
  return existsSync(own) ? own : findProgram(name)
}

/** Options for a tap test that needs them: `t.test('…', needsGo('helm'), …)`. */
export function needsGo(...names: string[]): { skip: string | false } {
  const missing = names.find((name) => findGoProgram(name) === undefined)
  return { skip: missing === undefined ? false : `${missing} is not installed` }
}

/** Runs a program to its end. */
export function run(name: string, args: string[], input = '') {
  const { status, stdout, stderr } = spawnSync(findGoProgram(name) ?? name, args, {
    input,
    encoding: 'utf8',
    maxBuffer: 64e6,
  })
  return { code: status, stdout, stderr }
}

/** `helm template` with the values of an example (none: the chart's own), and more over them. */
export function render(example: string | undefined, values: object = {}): Rendered {
  const files = example === undefined ? [] : ['--values', valuesOf(example)]
  const args = ['template', release, chart, '--namespace', namespace, ...files, '--values', '-']
  const { code, stdout, stderr } = run('helm', args, JSON.stringify(values))
  // Numbers as Kubernetes reads them: 0440 is octal.
  const objects = parseAllDocuments(stdout, { version: '1.1' }).flatMap((document) => {
    if ('empty' in document || document.errors.length > 0) return []
    const value = document.toJS()
    return value === null ? [] : [value]
  })
  const of = (kind: string) => objects.filter((object: Part) => object.kind === kind)
  const one = (kind: string) => {
    const found = of(kind)
    if (found.length !== 1) throw new Error(`there are ${found.length} of ${kind}\n${stderr}`)
    return found[0]
  }
  return { ok: code === 0, text: stdout, refusal: stderr, of, one }
}

/** Of what a full rendering has several of. */
export function named(objects: Part[], name: string): Part {
  return objects.find((object) => object.metadata.name === name)
}

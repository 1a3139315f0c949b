/**
 * Schemas for kubeconform without a network. `.ci/peers` puts into `.peers/kubernetes/` what Go modules carry: the API
 * server's own OpenAPI document (k8s.io/kubernetes) and the definitions of ServiceMonitor, PodMonitor,
 * PrometheusRule (prometheus-operator) and Certificate (cert-manager). Of these, one JSON schema
 * for each kind is made here, strict: an unknown field is a fault.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { unpacked } from './peers.ts'

export const documents = unpacked('kubernetes')

type Parts = Record<string, unknown>

export interface JsonSchema extends Parts {
  properties?: Parts
}

interface Kind {
  group: string
  version: string
  kind: string
}

interface Found extends Kind {
  schema: JsonSchema
}

/** Options for a tap test that needs them. */
export function needsSchemas(): { skip: string | false } {
  const missing = !existsSync(join(documents, 'swagger.json'))
  return { skip: missing && 'the schemas of Kubernetes are not in .peers/kubernetes' }
}

/** Writes the schemas of these kinds into the folder; gives the location that kubeconform takes. */
export function writeSchemas(folder: string, kinds: ReadonlySet<string>): string {
  mkdirSync(folder, { recursive: true })
  const found = readdirSync(documents).flatMap((name) => {
    const text = readFileSync(join(documents, name), 'utf8')
    if (name === 'swagger.json') return builtIn(JSON.parse(text) as Swagger, kinds)
    return custom(parse(text) as Definition)
  })
  for (const { group, version, kind, schema } of found) {
    // kubeconform calls the group that has no name by its version.
    const name = `${group === '' ? version : group}-${version}-${kind.toLowerCase()}.json`
    writeFileSync(join(folder, name), JSON.stringify(schema))
  }
  return join(folder, '{{ .Group }}-{{ .ResourceAPIVersion }}-{{ .ResourceKind }}.json')
}

interface Swagger {
  definitions: Record<string, JsonSchema & { 'x-kubernetes-group-version-kind'?: Kind[] }>
}

function builtIn({ definitions }: Swagger, wanted: ReadonlySet<string>): Found[] {
  return Object.entries(definitions).flatMap(([name, definition]) => {
    const [kind, ...more] = definition['x-kubernetes-group-version-kind'] ?? []
    if (!kind || more.length > 0 || !wanted.has(kind.kind)) return []
    const used = new Set([name])
    for (const each of used) for (const other of refsIn(definitions[each])) used.add(other)
    const own = [...used].map((each) => [each, strict(definitions[each])])
    const schema = { $ref: `#/definitions/${name}`, definitions: Object.fromEntries(own) as Parts }
    return [{ ...kind, schema }]
  })
}

function refsIn(definition: unknown): string[] {
  const refs = JSON.stringify(definition).matchAll(/"#\/definitions\/([^"]+)"/g)
  return [...refs].map(([, name = '']) => name)
}

interface Definition {
  spec: {
    group: string
    names: { kind: string }
    versions: { name: string; schema: { openAPIV3Schema: JsonSchema } }[]
  }
}

function custom({ spec }: Definition): Found[] {
  const { group, names, versions } = spec
  return versions.map(({ name: version, schema }) => {
    const { properties, ...rest } = schema.openAPIV3Schema
    const whole = strict({ ...rest, properties: { ...properties, metadata: {} } })
    return { group, version, kind: names.kind, schema: whole }
  })
}

/** The schema with every object closed, and with what JSON schema does not have taken out. */
export function strict(schema: unknown): JsonSchema {
  return strictPart(schema) as JsonSchema
}

function strictPart(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(strictPart)
  if (typeof part !== 'object' || part === null) return part
  const schema = part as JsonSchema
  if (schema['format'] === 'int-or-string' || schema['x-kubernetes-int-or-string'] === true) {
    return { type: ['string', 'integer'] }
  }
  const entries = Object.entries(schema).filter(([key]) => !key.startsWith('x-kubernetes-'))
  const made = Object.fromEntries(
    entries.map(([key, value]) => {
      if (key === 'properties' || key === 'definitions') return [key, eachPart(value)]
      return [key, ['default', 'enum', 'example'].includes(key) ? value : strictPart(value)]
    }),
  )
  // What it keeps without knowing it is open.
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true
  const isClosed = made['properties'] !== undefined && made['additionalProperties'] === undefined
  return isClosed && !isOpen ? { ...made, additionalProperties: false } : made
}

function eachPart(parts: unknown): Parts {
  const entries = Object.entries(parts as Parts)
  return Object.fromEntries(entries.map(([name, part]) => [name, strictPart(part)]))
}

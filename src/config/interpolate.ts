/**
 * `${env:NAME}` and `${file:/path}` in the texts of a configuration; `$${` stands for `${` itself.
 * What is put in is not looked at again, and no error shows it: it may be a secret. A relative path
 * is taken from the folder that Cefline was started in.
 */
import { resolve } from 'node:path'
import { isGroup, pathKey, unusable } from './document.ts'
import type { Path } from './document.ts'
import { readSecret } from './text-file.ts'

export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>
  cwd: string
  /** Gathers the absolute paths of files that were read, and of those that could not be. */
  files?: Set<string> | undefined
}

export interface Interpolated {
  value: unknown
  /** Texts as they were written, of those that something was put into, by path (pathKey). */
  templates: ReadonlyMap<string, string>
  /** Environment variables that were asked for. */
  asked: ReadonlySet<string>
}

/** Puts in what the texts ask for. A text that cannot be filled is told and becomes unusable. */
export function interpolate(
  tree: unknown,
  surroundings: Surroundings,
  tell: (path: Path, fault: string) => void,
): Interpolated {
  const templates = new Map<string, string>()
  const asked = new Set<string>()
  const visit = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string') {
      if (!value.includes('${')) return value
      templates.set(pathKey(path), value)
      try {
        return fill(value, surroundings, asked)
      } catch (thrown) {
        tell(path, (thrown as Error).message)
        return unusable
      }
    }
    if (Array.isArray(value)) return value.map((item, index) => visit(item, [...path, `${index}`]))
    if (!isGroup(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, visit(item, [...path, key])]),
    )
  }
  return { value: visit(tree, []), templates, asked }
}

function fill(template: string, surroundings: Surroundings, asked: Set<string>): string {
  return template.replace(/\$?\$\{(?:([^}]*)\})?/g, (match, reference: string | undefined) => {
    if (match.startsWith('$$')) return match.slice(1)
    if (reference === undefined) {
      throw new Error(
        'has a ${ without its }; close it, or write $${ for the characters themselves',
      )
    }
    return look(reference, surroundings, asked)
  })
}

/** Throws an Error whose message is a sentence about the reference. */
function look(reference: string, { env, cwd, files }: Surroundings, asked: Set<string>): string {
  const [, kind, name = ''] = /^(env|file):(.+)$/.exec(reference) ?? []
  if (kind === 'env') {
    asked.add(name)
    const value = Object.hasOwn(env, name) ? env[name] : undefined
    if (value === undefined || value === '') {
      const what = value === undefined ? 'is not set' : 'is empty'
      throw new Error(`\${env:${name}}: the environment variable ${name} ${what}; set it`)
    }
    return value
  }
  if (kind === 'file') {
    const path = resolve(cwd, name)
    files?.add(path)
    try {
      return readSecret(path)
    } catch (thrown) {
      const fault = (thrown as Error).message
      throw new Error(`\${file:${name}}: the file ${fault}`, { cause: thrown })
    }
  }
  // What was written is not shown: it may well be the middle of a password.
  throw new Error(
    'has a ${…} that is not known; write ${env:NAME} or ${file:/path}, or $${ for the characters themselves',
  )
}

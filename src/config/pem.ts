/**
 * The PEM files that a component's group `tls` names. A running component is given their text in
 * place of their paths: what it uses is then what was proved when the configuration was taken over,
 * whatever lies on the disk later, and a certificate that was renewed is a changed option like any
 * other.
 */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isGroup } from './document.ts'

type Options = Readonly<Record<string, unknown>>

const pemOptions = ['ca', 'cert', 'key']
const armour = '-----BEGIN'

/** Absolute paths of the PEM files that the options name. */
export function pemPaths(options: Options): string[] {
  return pathsIn(options).map(([, path]) => resolve(path))
}

/**
 * The options with the files' text. A file that cannot be read or is no PEM stays a path: the
 * component says what is wrong with it, by its name, when it needs it.
 */
export async function withPem(options: Options): Promise<Options> {
  const texts = await Promise.all(
    pathsIn(options).map(async ([option, path]) => [option, await readPem(path)] as const),
  )
  const read = texts.filter(([, text]) => text !== undefined)
  if (read.length === 0) return options
  return { ...options, tls: { ...(options['tls'] as object), ...Object.fromEntries(read) } }
}

function pathsIn({ tls }: Options): [option: string, path: string][] {
  if (!isGroup(tls)) return []
  return pemOptions.flatMap((option) => {
    const value = tls[option]
    return typeof value === 'string' && !value.includes(armour) ? [[option, value]] : []
  })
}

async function readPem(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.includes(armour) ? text : undefined
}

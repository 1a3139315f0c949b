/**
 * Where the configuration file is: the first of `--config`, `$CEFLINE_CONFIG`, `./cefline.yaml` and
 * `/etc/cefline/cefline.yaml`. One that was asked for by name must be there; of the usual places one
 * that is there must be readable, since going on without it would be a different configuration.
 */
import { resolve } from 'node:path'
import { error } from '../error.ts'
import type { Surroundings } from './interpolate.ts'
import { isMissing, readTextFile } from './text-file.ts'

export interface Found {
  /** As it was asked for, for messages. */
  name: string
  text: string
}

export interface Where extends Surroundings {
  /** Of `--config`. */
  path: string | undefined
  /** The last place. */
  system: string
}

/** The file, or undefined when there is none. Throws `config`. */
export function findFile(where: Where): Found | undefined {
  const { path, env, cwd, system, files } = where
  if (path !== undefined) return readNamed(path, '--config', where)
  const named = env['CEFLINE_CONFIG']
  if (named !== undefined && named !== '') return readNamed(named, 'CEFLINE_CONFIG', where)
  for (const name of ['cefline.yaml', system]) {
    const absolute = resolve(cwd, name)
    try {
      const text = readTextFile(absolute)
      files?.add(absolute)
      return { name, text }
    } catch (thrown) {
      if (isMissing(thrown)) continue
      files?.add(absolute)
      throw unreadable(name, thrown)
    }
  }
  return undefined
}

function readNamed(name: string, place: string, { cwd, files }: Where): Found {
  if (name === '') throw error('config', `${place}: has no value; write the path of a file`)
  const absolute = resolve(cwd, name)
  files?.add(absolute)
  try {
    return { name, text: readTextFile(absolute) }
  } catch (thrown) {
    throw unreadable(`${place}: ${JSON.stringify(name)}`, thrown)
  }
}

function unreadable(place: string, thrown: unknown) {
  return error('config', `${place} ${(thrown as Error).message}`, { cause: thrown })
}

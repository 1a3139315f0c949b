/**
 * `cefline check` for a drop folder: what the first opening would meet, with nothing changed.
 */
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { CheckStep } from '../core.ts'
import { error } from '../error.ts'
import { isThere, step } from '../io/check-step.ts'
import type { FolderOptions } from '../io/folder.ts'
import { folderError, localSettle, networkSettle, watchMode } from '../io/folder.ts'
import { listFiles } from '../io/listing.ts'
import { errnoOf } from '../io/regular-file.ts'
import type { DropFolders } from './folders.ts'

type Watching = Pick<FolderOptions, 'settle' | 'watch'>

export async function* checkDropFolder(
  { folder, done, failed, after }: DropFolders,
  { settle, watch }: Watching,
): AsyncGenerator<CheckStep> {
  const writable = after !== 'keep'
  const missing = !(await isThere(folder))
  const found = await step('folder', () => checkFolder(folder, missing, writable))
  yield found
  if (!found.ok) return
  if (!missing) {
    yield await step('file system', async () => {
      const mode = await watchMode({ folder, settle, watch })
      const stillness = settle ?? (mode.network ? networkSettle : localSettle)
      const how = mode.events ? 'watched' : 'polled'
      return `${mode.name}: ${how}; a file is taken when it has stood still for ${stillness} ms`
    })
    yield await step('waiting', async () => {
      const files = (await listFiles(folder)).filter((file) => !file.passedOver)
      return `${files.length} file${files.length === 1 ? '' : 's'}`
    })
  }
  const targets: Record<string, string> = after === 'keep' ? {} : { done, failed }
  for (const [name, path] of Object.entries(targets)) {
    yield await step(name, () => checkTarget(path, missing ? folder : undefined))
  }
}

async function checkFolder(folder: string, missing: boolean, writable: boolean): Promise<string> {
  const subject = missing ? dirname(folder) : folder
  try {
    if (!(await stat(subject)).isDirectory()) {
      throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' })
    }
    await access(subject, constants.R_OK | constants.X_OK)
  } catch (cause) {
    throw folderError(missing && errnoOf(cause) !== 'ENOENT' ? subject : folder, cause)
  }
  if (writable || missing) {
    await access(subject, constants.W_OK).catch((cause: unknown) => {
      throw error(
        'file-unreadable',
        `${subject} cannot be written to (${errnoOf(cause)}), so files cannot be moved out of it; give this user permission to, or set after: keep`,
        { cause },
      )
    })
  }
  return missing ? `${folder} is made at the start` : folder
}

/** The nearest folder above that exists must take a new one. `made` is one that will exist. */
async function checkTarget(path: string, made: string | undefined): Promise<string> {
  let nearest = path
  while (!(await isThere(nearest)) && nearest !== dirname(nearest)) {
    if (nearest === made) return `${path} is made when it is needed`
    nearest = dirname(nearest)
  }
  try {
    if (!(await stat(nearest)).isDirectory()) {
      throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' })
    }
    await access(nearest, constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw folderError(nearest, cause)
  }
  return nearest === path ? path : `${path} is made when it is needed`
}

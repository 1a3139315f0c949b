/**
 * The folder of a spool, looked at before LMDB touches it: it must be there, on a disk of this
 * machine, be claimed by this process alone, and have a file that does not end the process that maps
 * it.
 */
import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { error } from '../error.ts'
import { answerOn } from './answers.ts'
import { Claim } from './claim.ts'
import { fileSystemOf } from '../io/file-system.ts'
import type { FileSystem } from '../io/file-system.ts'
import { makeFolderSync } from '../io/make-folder.ts'
import { answered, cureOfDamage, failed, inUse } from './failure.ts'
import { inspectFiles } from './file.ts'
import { Opening } from './opening.ts'
import { verifySpool } from './verify.ts'

export interface PlaceOptions {
  folder: string
  allowNetwork?: boolean
  /** For tests: the kind of file system that the folder lies on. */
  fileSystem?: (folder: string) => Promise<FileSystem>
}

export interface Place extends PlaceOptions {
  /** The folder without symbolic links. */
  real: string
  opening: Opening
  /** Taken by `checkPlace`; to be released when LMDB is closed. */
  claim: Claim
}

/** Makes the folder if need be. Throws `spool-failed`. */
export function placeOf(options: PlaceOptions): Place {
  try {
    makeFolderSync(options.folder, 0o700)
    const real = realpathSync(options.folder)
    const claim = new Claim(options.folder, real)
    return { ...options, real, opening: new Opening(real), claim }
  } catch (thrown) {
    throw failed(options.folder, 'cannot be made', thrown)
  }
}

/** Throws `spool-failed`, `spool-owner` or `spool-damaged`; then LMDB must not be opened. */
export async function checkPlace(place: Place): Promise<void> {
  const { folder, real, opening, claim } = place
  await refuseNetwork(place)
  await claim.take()
  // Those that have no claim: of an older release, or where no socket could be made for it.
  if (opening.other !== undefined) throw inUse(folder, opening.other)
  const answer = await answerOn(real, 'cefline.sock')
  if (answer) throw answered(folder, answer)
  inspectFiles(real)
  const suspect = opening.suspect && existsSync(join(real, 'data.mdb'))
  if (suspect) {
    const { died } = await verifySpool(real)
    if (died !== undefined) {
      throw error(
        'spool-damaged',
        `spool ${folder} ended the process that opened it, and now the one that was to read it: ${died}; ${cureOfDamage}`,
      )
    }
  }
  opening.begin(suspect)
}

/** LMDB's lock and its map are shared by processes of one machine only. */
async function refuseNetwork({ folder, real, allowNetwork, ...options }: Place): Promise<void> {
  if (allowNetwork) return
  const { name, network } = await (options.fileSystem ?? fileSystemOf)(real)
  if (!network) return
  throw error(
    'spool-failed',
    `spool ${folder} is on a network file system (${name}), where locks, maps and syncs cannot be relied on and records can be lost; give it a local disk, or set spool.network to true to use it all the same`,
    { retryAfter: Infinity },
  )
}

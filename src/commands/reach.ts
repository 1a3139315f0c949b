/**
 * How a command gets at a spool: through the control socket of the appliance that runs on it, else
 * by opening the spool itself.
 */
import { readdirSync } from 'node:fs'
import { connectControl } from '../control/client.ts'
import type { Control } from '../control/client.ts'
import type { Verbs } from '../control/verbs.ts'
import type { Running } from '../control/wire.ts'
import { error } from '../error.ts'
import { printable } from '../io/printable.ts'
import { version } from '../version.ts'
import { readConfiguration, withEmbedded } from './configuration.ts'
import { openOperations } from './local-spool.ts'

export interface ReachOptions {
  config: string | undefined
  /** The spool's folder; with it a running appliance is reached without its configuration. */
  folder?: string
  /** Whether a spool that the configuration names may be made, where nothing has run yet. */
  make?: boolean
}

/** Does the work on the spool, with who runs on it if anybody does. Throws `not-found` when there is
 * no spool, and what connecting or opening throws. */
export async function reach<T>(
  options: ReachOptions,
  work: (verbs: Verbs, running: Running | undefined) => Promise<T>,
): Promise<T> {
  const folder = folderOf(options)
  const control = await connectControl(folder)
  if (control) {
    try {
      noteRelease(control.running)
      return await work(control, control.running)
    } finally {
      await control.close()
    }
  }
  const found = withEmbedded(readConfiguration(options.config), 'tcp://127.0.0.1:514')
  const operations = await openOperations({ ...found, spool: { ...found.spool, folder } })
  try {
    return await work(operations, undefined)
  } finally {
    await operations.close()
  }
}

/** Does the work with the appliance that runs. Throws `not-found` when none does. */
export async function reachRunning<T>(
  options: ReachOptions,
  work: (control: Control) => Promise<T>,
): Promise<T> {
  const folder = folderOf(options)
  const control = await connectControl(folder)
  if (!control) {
    throw error('not-found', `no appliance runs on the spool in ${folder}; start it: cefline run`)
  }
  try {
    noteRelease(control.running)
    return await work(control)
  } finally {
    await control.close()
  }
}

/** Says so when the appliance is of another release: what it answers may be of another shape. */
export function noteRelease(running: Running): void {
  if (running.version === version) return
  const releases = `the appliance is of release ${running.version}, this command of ${version}`
  console.error(
    printable(`${releases}: should it fail or look odd, use the command of that release`),
  )
}

/** The folder of the spool that is meant. Throws `not-found` when nothing is there. */
export function folderOf({ config, folder, make = false }: ReachOptions): string {
  const path = folder ?? readConfiguration(config).spool.folder
  try {
    if (readdirSync(path).length > 0) return path
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code !== 'ENOENT') {
      throw error(
        'spool-failed',
        `spool ${path} cannot be read (${String(code)}); run this as the user that the appliance runs as`,
        {
          cause: thrown,
        },
      )
    }
  }
  if (make && folder === undefined) return path
  throw error('not-found', `there is no spool in ${path}: nothing has run on it yet`)
}

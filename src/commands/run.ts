/**
 * `cefline run`: forwards until SIGTERM or SIGINT. A second signal ends it at once, which loses
 * nothing: the spool is durable. SIGHUP has the configuration read again, and so has a change of any
 * file that it was made of.
 */
import colors from 'picocolors'
import { Reload } from '../app/reload.ts'
import { App } from '../app.ts'
import { paintCef } from '../io/paint.ts'
import { startCollector } from '../embedded.ts'
import { createLog } from '../telemetry/log.ts'
import { embeddedDefault, readConfiguration, withEmbedded } from './configuration.ts'

export interface Ended {
  code: number
  /** The process cannot end in order. */
  isStuck: boolean
}

export async function run({ config }: { config: string | undefined }): Promise<Ended> {
  const stopped = stopSignal()
  const ending = new AbortController()
  const found = readConfiguration(config)
  const collector =
    found.origin === embeddedDefault
      ? await startCollector((frame) => console.log(paintCef(frame, colors.isColorSupported)))
      : undefined
  const complete = (read: typeof found) => (collector ? withEmbedded(read, collector.url) : read)
  const configuration = complete(found)
  const app = new App(configuration, createLog(configuration.log))
  const read = (files: Set<string>) => complete(readConfiguration(config, files))
  const reload = new Reload({ app, configuration, read, signal: ending.signal })
  const hangUp = () => void reload.now()
  // A trial ends with its terminal.
  if (!collector) process.on('SIGHUP', hangUp)
  void reload.watch()
  try {
    await Promise.race([app.start(), stopped])
    const reason = await stopped
    ending.abort()
    await app.stop(reason)
  } finally {
    ending.abort()
    process.off('SIGHUP', hangUp)
    await collector?.close()
  }
  return { code: 0, isStuck: app.isStuck }
}

/** Resolves to the name of the first signal; a second one, of either kind, kills the process: an exit
 * would wait for a thread of LMDB's, which may wait for a lock or a disk for ever (measured). */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    const signals = ['SIGTERM', 'SIGINT'] as const
    const first = (signal: string) => {
      for (const name of signals) process.on(name, () => process.kill(process.pid, 'SIGKILL'))
      resolve(signal)
    }
    for (const name of signals) process.once(name, first)
  })
}

/**
 * `cefline run`: forwards until SIGTERM or SIGINT. A second signal ends it at once, which loses
 * nothing: the spool is durable.
 */
import { App } from '../app.ts'
import { paintCef } from '../io/paint.ts'
import { startCollector } from '../embedded.ts'
import { createLog } from '../telemetry/log.ts'
import { embeddedDefault, readConfiguration, withEmbedded } from './configuration.ts'

export async function run({ config }: { config: string | undefined }): Promise<number> {
  const stopped = stopSignal()
  let configuration = readConfiguration(config)
  const collector =
    configuration.origin === embeddedDefault
      ? await startCollector((frame) => console.log(paintCef(frame, process.stdout.isTTY)))
      : undefined
  if (collector) configuration = withEmbedded(configuration, collector.url)
  const app = new App(configuration, createLog(configuration.log))
  try {
    await app.start()
    await app.stop(await stopped)
  } finally {
    await collector?.close()
  }
  return 0
}

/** Resolves to the name of the first signal; a second one, of either kind, ends the process. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    const signals = ['SIGTERM', 'SIGINT'] as const
    const first = (signal: string) => {
      for (const name of signals) process.on(name, () => process.exit(1))
      resolve(signal)
    }
    for (const name of signals) process.once(name, first)
  })
}

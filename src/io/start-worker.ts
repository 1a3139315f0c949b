/**
 * Starts a worker thread from a module of our own, built or not. From TypeScript source (tests,
 * `tsx`) the thread needs tsx's loader of its own: tsx registers its hooks for the main thread only.
 */
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'

/** MiB for what was just made. With V8's own figure (48) a thread that works on a stream keeps that
 * much waste before it looks at it; measured, a smaller one costs no throughput. */
const resourceLimits = { maxYoungGenerationSizeMb: 24 }

/** `module` is relative to `from` (an `import.meta.url`), without its extension, which is `from`'s. */
export function startWorker(module: string, from: string): Worker {
  const extension = extname(from)
  const script = new URL(`${module}${extension}`, from)
  const execArgv = extension === '.ts' ? { execArgv: loader() } : {}
  return new Worker(script, { resourceLimits, ...execArgv })
}

function loader(): string[] {
  const api = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  return [
    '--import',
    `data:text/javascript,import{register}from${encodeURIComponent(api)};register()`,
  ]
}

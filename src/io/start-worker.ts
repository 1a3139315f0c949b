/**
 * Starts a worker thread from a module of our own, built or not. From TypeScript source (tests,
 * `tsx`) the thread needs tsx's loader of its own: tsx registers its hooks for the main thread only.
 */
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'

/** `module` is relative to `from` (an `import.meta.url`), without its extension, which is `from`'s. */
export function startWorker(module: string, from: string): Worker {
  const extension = extname(from)
  const script = new URL(`${module}${extension}`, from)
  return extension === '.ts' ? new Worker(script, { execArgv: loader() }) : new Worker(script)
}

function loader(): string[] {
  const api = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  return [
    '--import',
    `data:text/javascript,import{register}from${encodeURIComponent(api)};register()`,
  ]
}

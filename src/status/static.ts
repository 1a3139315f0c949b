/**
 * The page's files, as `npm run build` has made them in `dist/page`. They are read once, when the
 * server starts: what is served is a fixed list, and no path of a request ever reaches the disk.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
}

interface Asset {
  /** Of the address: `/` or `/assets/…`. */
  path: string
  type: string
  body: Buffer
  etag: string
}

/** From `dist/status`, from `src/status`, and from where tests are compiled to. */
const places = ['../../dist/page/', '../../../dist/page/'].map((place) => {
  return fileURLToPath(new URL(place, import.meta.url))
})

/** Adds a route for each file; `guard` is asked before each. */
export function addPage(
  server: FastifyInstance,
  guard: onRequestAsyncHookHandler,
  folders: readonly string[] = places,
): void {
  const assets = folders.map(readAssets).find((found) => found.length > 0) ?? []
  for (const { path, type, body, etag } of assets) {
    server.get(path, { onRequest: guard }, (request, reply) => {
      // A browser keeps it and asks each time whether it is still the one.
      reply.headers({ etag, 'cache-control': 'no-cache' })
      if (request.headers['if-none-match'] === etag) return reply.code(304).send()
      return reply.type(type).send(body)
    })
  }
  if (assets.some(({ path }) => path === '/')) return
  server.get('/', { onRequest: guard }, (_request, reply) => {
    return reply.code(503).send('The page was not built; run npm run build.\n')
  })
}

/** None where the folder is not there. */
function readAssets(folder: string): Asset[] {
  return filesIn(folder).flatMap((file) => {
    const type = types[extname(file)]
    if (type === undefined) return []
    const body = readFileSync(file)
    const name = relative(folder, file).split(sep).join('/')
    const path = name === 'index.html' ? '/' : `/assets/${name.replace(/^assets\//, '')}`
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`
    return [{ path, type, body, etag }]
  })
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
  } catch {
    return []
  }
}

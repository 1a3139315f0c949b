/** The pages of `integrations/`: what is written in them, as configurations and destinations. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tables } from '../../src/components.ts'
import { loadConfiguration } from '../../src/config/load.ts'
import type { Configuration } from '../../src/config/load.ts'
import type { Destination } from '../../src/core.ts'
import { create } from '../../src/destinations/syslog.ts'
import type { Options } from '../../src/destinations/syslog.ts'
import type { TlsOptions } from '../../src/io/tls.ts'
import { wireFor } from '../../src/syslog/receivers.ts'
import type { Receiver, Transport, Wire } from '../../src/syslog/receivers.ts'
import { root } from './root.ts'

const folder = join(root, 'integrations')

/** Names of the packs that have a page. */
export const packs = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort()

/** A file of a pack, or the table of all packs without a name. */
export function packFile(...path: string[]): string {
  return readFileSync(join(folder, ...path), 'utf8')
}

/** The fenced blocks of one language in a page. */
export function blocksOf(page: string, language: string): string[] {
  const blocks = page.matchAll(/^```(\w+)\n(.*?)^```$/gms)
  return [...blocks].flatMap(([, name, text = '']) => (name === language ? [text] : []))
}

interface Folder {
  testdir(content: Record<string, string>): string
}

/** A page's configuration, accepted as it stands; where it has destinations alone, with a source. */
export function configurationOf(t: Folder, block: string): Configuration {
  const sources = 'sources: { alerts: { type: netwrix-alerts, folder: ./drop } }\n'
  const text = /^sources:/m.test(block) ? block : sources + block
  const cwd = t.testdir({
    secret: 'a-secret-of-the-tests\n',
    'cefline.yaml': text.replaceAll(/\$\{file:[^}]*\}/g, '${file:secret}'),
  })
  return loadConfiguration({ path: 'cefline.yaml', env: {}, cwd, tables })
}

export interface Described {
  receiver: Receiver | null
  transport: Transport
  port: number
  wire: Wire
  options: Options
}

/** The syslog destination that a page's configuration has. */
export function describe({ destinations }: Configuration): Described {
  const options = destinations[0]?.options as unknown as Options
  const [first = ''] = options.url
  const { protocol, port } = new URL(first)
  const transport = protocol.slice(0, -1) as Transport
  const { receiver } = options
  const wire = wireFor(receiver, transport, Number(port), options)
  return { receiver, transport, port: Number(port), wire, options }
}

/** The page's destination with another address and other certificates; the wire is that of the page's
 * port. */
export function destinationAt(
  { options, transport, wire }: Described,
  port: number,
  tls: Partial<TlsOptions> = {},
): Destination {
  const { format, framing } = wire
  const elsewhere = { url: [`${transport}://127.0.0.1:${port}`], format, framing }
  const made = { ...options, ...elsewhere, tls: { ...options.tls, ...tls }, receiptAfter: 300 }
  return create(made, { name: 'siem' })
}

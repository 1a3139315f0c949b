/**
 * Everything of one run: the records' producer, a Cefline, a receiver, and what stands between them.
 * All of it on loopback and in one folder, both gone when it is closed.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../helpers/root.ts'
import { Appliance } from './appliance.ts'
import { BlackHole } from './black-hole.ts'
import { Book } from './book.ts'
import { compileFolder } from './compile.ts'
import { Credentials } from './credentials.ts'
import { stablePort } from './port.ts'
import type { Mutant, Order } from './preload/order.ts'
import { Producer } from './producer.ts'
import type { Random } from './random.ts'
import { Receiver } from './receiver.ts'
import { prepareReceiver } from './receivers.ts'
import type { ReceiverName } from './receivers.ts'
import { closeOnSignal } from './standing.ts'
import { Volume } from './volume.ts'

export interface Setting {
  receiver: ReceiverName
  transport: 'tcp' | 'tls'
  /** Folder of the built Cefline. */
  dist: string
  /** Size of the spool's file system. */
  megabytes: number
  /** Every Cefline of this run is broken in this way. */
  mutant?: Mutant
}

/** Events after which Cefline asks for a proof, and ms after which it does. Few, so that the bound on
 * duplicates says something: a busy sender's window grows to eight times that. */
export const window = { lines: 100, every: 1000 }
/** Cefline's `timeout`, in ms. */
export const timeout = 3000
/** Cefline's queues. */
export const queues = ['alerts', 'activity']

export interface World {
  setting: Setting
  folder: string
  book: Book
  producer: Producer
  receiver: Receiver
  appliance: Appliance
  volume: Volume
  blackHole: BlackHole
  /** The black hole can be opened. */
  canFilter: boolean
  credentials: Credentials | undefined
  statusPort: number
  spoolFolder: string
  /** What a Cefline is ordered when nothing more is to happen to it. */
  order: Omit<Order, 'dist'>
  /** Reads what the receiver has stored since the last look. */
  look(): void
  close(): Promise<void>
}

export async function makeWorld(setting: Setting, random: Random): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'oracle-'))
  const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
  const close = () => undone(undo)
  try {
    undo.unshift(closeOnSignal(close))
    const [preload, own] = [join(folder, 'preload'), join(folder, 'own')]
    compileFolder(join(root, 'test', 'crash', 'preload'), preload)
    compileFolder(join(root, 'test', 'crash', 'own'), own)
    const volume = await Volume.make(join(folder, 'spool'), setting.megabytes)
    undo.push(() => volume.close())
    const book = new Book()
    const producer = await Producer.start(folder, book, random.fork('producer'))
    undo.push(() => producer.close())
    const isTls = setting.transport === 'tls'
    const credentials = isTls ? await Credentials.make(join(folder, 'tls')) : undefined
    const tls = credentials && { server: await credentials.signServer(), ca: credentials.ca }
    const stored = join(folder, 'stored')
    mkdirSync(stored)
    const receiver = await Receiver.make(stored, prepareReceiver(setting.receiver, own), tls)
    undo.push(() => receiver.close('SIGKILL'))
    await receiver.start()
    const appliance = new Appliance(setting.dist, folder, preload)
    undo.push(() => appliance.close())
    const blackHole = new BlackHole(receiver.port)
    undo.push(() => blackHole.close())
    const journal = join(folder, 'journal')
    const { port } = receiver
    const { mutant } = setting
    const world: World = {
      ...{ setting, folder, book, producer, receiver, appliance, volume, blackHole, credentials },
      canFilter: await BlackHole.possible(),
      statusPort: await stablePort(),
      // A folder of its own in that file system: what fills it is beside it.
      spoolFolder: join(volume.folder, 'data'),
      order: { scratch: folder, journal, drop: producer.drop, port, ...(mutant && { mutant }) },
      look: () => receiver.read((line) => book.read(line)),
      close,
    }
    writeFileSync(join(folder, 'cefline.json'), JSON.stringify(configuration(world)))
    return world
  } catch (thrown) {
    await close()
    throw thrown
  }
}

/** In the reverse order; one that fails does not keep the others from being done. */
async function undone(undo: (() => unknown)[]): Promise<void> {
  const failures: unknown[] = []
  for (const one of undo.splice(0).reverse()) {
    try {
      await one()
    } catch (thrown) {
      failures.push(thrown)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'could not be undone')
}

/**
 * `absent` is a second destination that never answers: it holds every block, so that at the end the
 * whole spool can be read, and it must not hold up the first.
 */
function configuration(world: World): object {
  const { producer, receiver, credentials, statusPort, setting, spoolFolder } = world
  const { api } = producer
  const syslog = {
    type: 'syslog',
    format: 'rfc5424',
    framing: 'octet-counting',
    hostname: 'oracle',
  }
  return {
    status: { listen: `127.0.0.1:${statusPort}` },
    spool: { folder: spoolFolder, reserve: '0', maxBytes: '10GB' },
    own: { events: false },
    sources: {
      alerts: { type: 'netwrix-alerts', folder: producer.drop },
      activity: {
        type: 'netwrix-api',
        url: api.url,
        username: api.username,
        password: api.password,
        pageSize: 100,
        interval: '200ms',
        tls: { fingerprint: api.fingerprint },
      },
    },
    destinations: {
      siem: {
        ...syslog,
        url: `${setting.transport}://127.0.0.1:${receiver.port}`,
        timeout: `${timeout}ms`,
        receiptEvery: `${window.every}ms`,
        receiptWindow: window.lines,
        ...(credentials && { tls: { ca: credentials.ca, ...credentials.client } }),
      },
      // Port 1 refuses.
      absent: { ...syslog, url: 'tcp://127.0.0.1:1' },
    },
  }
}

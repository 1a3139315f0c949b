/**
 * The system's Kerberos library, through the optional package `kerberos`: one token after the other
 * of a SPNEGO context.
 *
 * The library takes the places of its keys and tickets from the process's environment and from
 * nowhere else. So every call that reads them has the variables set before, and calls come one at a
 * time: two sources may have keytabs of their own.
 *
 * Source: RFC 4559, RFC 4178; krb5 documentation, KRB5_CLIENT_KTNAME and KRB5CCNAME.
 */
import { asCefline } from '../../error.ts'

export interface Tickets {
  /** File of keys; tickets are got with them, and anew when they end. */
  keytab: string | null
  /** Where tickets are, as the library names it: `FILE:/path`, `DIR:…`, `KEYRING:…`, or a path. */
  credentialCache: string | null
}

export interface Context {
  /** The first token, and then the one that answers the server's; base64. */
  step(token: string): Promise<string>
  readonly complete: boolean
}

/** What is used of the package. It need not be there, so its own types are not either. */
interface Library {
  GSS_MECH_OID_SPNEGO: number
  initializeClient(
    service: string,
    options: { mechOID: number; principal?: string },
  ): Promise<{ step(token: string): Promise<string>; readonly contextComplete: boolean }>
}

/** What the process was started with. */
const inherited = {
  KRB5CCNAME: process.env['KRB5CCNAME'],
  KRB5_CLIENT_KTNAME: process.env['KRB5_CLIENT_KTNAME'],
}

let last: Promise<unknown> = Promise.resolve()

/** A context for `HTTP@host`, with its first token. Throws what the library says is missing. */
export async function openContext(
  host: string,
  principal: string | undefined,
  tickets: Tickets,
): Promise<{ context: Context; token: string }> {
  const library = await load()
  const places = placesOf(tickets, principal)
  return alone(places, async () => {
    const client = await library.initializeClient(`HTTP@${host}`, {
      mechOID: library.GSS_MECH_OID_SPNEGO,
      ...(principal === undefined ? {} : { principal }),
    })
    const context: Context = {
      step: (token) => alone(places, async () => (await client.step(token)) ?? ''),
      get complete() {
        return client.contextComplete
      },
    }
    return { context, token: await client.step('') }
  })
}

/** Throws when the package is not installed or the machine has no Kerberos library. */
async function load(): Promise<Library> {
  // A name in a variable: the package may be missing where this is compiled, too.
  const name: string = 'kerberos'
  try {
    const module = (await import(name)) as { default: Library }
    return module.default
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException
    throw new Error(
      code === 'ERR_MODULE_NOT_FOUND'
        ? 'the optional package kerberos is not installed'
        : `the package kerberos cannot be loaded: ${message.split('\n', 1)[0]}`,
      { cause: thrown },
    )
  }
}

type Places = Record<keyof typeof inherited, string | undefined>

function placesOf({ keytab, credentialCache }: Tickets, principal = ''): Places {
  // Tickets that come from a keytab stay in memory, each account's by themselves.
  const memory = `MEMORY:cefline-${principal}`
  const cache = credentialCache ?? (keytab === null ? inherited.KRB5CCNAME : memory)
  return { KRB5CCNAME: cache, KRB5_CLIENT_KTNAME: keytab ?? inherited.KRB5_CLIENT_KTNAME }
}

function alone<T>(places: Places, work: () => Promise<T>): Promise<T> {
  const run = last.then(() => {
    set('KRB5CCNAME', places.KRB5CCNAME)
    set('KRB5_CLIENT_KTNAME', places.KRB5_CLIENT_KTNAME)
    return work()
  })
  last = run.catch(() => undefined)
  return run
}

/** Only what differs is written: a thread that reads the environment meanwhile is not disturbed. */
function set(name: keyof typeof inherited, value: string | undefined): void {
  if (process.env[name] === value) return
  if (value === undefined) delete process.env[name]
  else process.env[name] = value
}

/** The library's words on one line, fit for a message. */
export function reasonOf(thrown: unknown): string {
  return asCefline(thrown).message.replace(/\s+/g, ' ').trim()
}

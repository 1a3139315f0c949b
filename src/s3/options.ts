/**
 * The options that the source and the destination `s3` share: which bucket, where it is, and as whom.
 * Keys are never written into the configuration: they come as the AWS SDK finds them everywhere
 * (environment, shared files, container or instance role, web identity).
 */
import { error } from '../error.ts'

export interface S3Options {
  bucket: string
  /** As it was written; `folderOf` reads it. */
  folder: string | null
  endpoint: string | null
  region: string | null
  pathStyle: boolean | null
  role: string | null
  externalId: string | null
  /** Secret: it may hold a user and password. */
  proxy: string | null
  /** ms */
  timeout: number
  tls: { ca: string | null }
}

/** Convict schema of these options. */
export const s3Schema = {
  bucket: {
    doc: 'Name of the bucket.',
    format: 'text',
    default: null as string | null,
    required: true,
  },
  folder: {
    doc: 'Folder in the bucket, such as `siem/cado` (default: the bucket itself).',
    format: 'text?',
    default: null as string | null,
  },
  endpoint: {
    doc: 'Address of an S3-compatible service, such as `https://storage.googleapis.com` (default: AWS).',
    format: 'text?',
    default: null as string | null,
  },
  region: {
    doc: 'Region of the bucket (default: `AWS_REGION` or the shared AWS configuration; us-east-1 with `endpoint`).',
    format: 'text?',
    default: null as string | null,
  },
  pathStyle: {
    doc: 'Whether the bucket is written into the path and not into the host name (default: with `endpoint`).',
    format: 'flag',
    nullable: true,
    default: null as boolean | null,
  },
  role: {
    doc: 'ARN of a role to assume, such as one in the bucket’s account.',
    format: 'text?',
    default: null as string | null,
  },
  externalId: {
    doc: 'External id that the role’s trust policy asks for.',
    format: 'text?',
    default: null as string | null,
  },
  proxy: {
    doc: 'HTTP proxy on the way to the service, `http://user:password@host:port`.',
    format: 'text?',
    default: null as string | null,
    sensitive: true,
  },
  timeout: {
    doc: 'How long one request may take.',
    format: 'duration',
    default: 120_000,
  },
  tls: {
    ca: {
      doc: 'PEM file (or PEM text) of the authorities to trust for `endpoint` instead of the system’s own.',
      format: 'text?',
      default: null as string | null,
    },
  },
}

/** Most bytes of a folder: with the longest name of ours a key stays below S3's 1,024. */
const longestFolder = 700

/** Judges what can be judged without disk or network; `place` is the component's path in the
 * configuration. Throws `config`. */
export function judge(options: S3Options, place: string): void {
  const { bucket, folder, endpoint, role, externalId, proxy } = options
  if (!/^[a-z0-9][a-z0-9._-]{1,221}[a-z0-9]$/i.test(bucket)) {
    const cure = 'write its plain name, without s3:// and without a folder (that is `folder`)'
    throw error('config', `${place}.bucket is “${bucket}”, which is no bucket’s name: ${cure}`)
  }
  const own = endpoint === null ? undefined : urlOf(endpoint)
  if (endpoint !== null && (!own || own.username + own.password !== '')) {
    const cure = 'write its scheme and host alone, such as https://storage.googleapis.com'
    throw error('config', `${place}.endpoint is no address of an S3 service: ${cure}`)
  }
  if (externalId !== null && role === null) {
    throw error('config', `${place}.externalId is set but ${place}.role is not: set both`)
  }
  if (proxy !== null && (!urlOf(proxy) || own?.protocol === 'http:')) {
    const cure =
      'write http://proxy.example.com:3128, a % in its user or password as %25, and use it with an ' +
      'https endpoint'
    throw error('config', `${place}.proxy cannot be used: ${cure}`)
  }
  folderOf(folder, place)
}

/** The folder as keys begin with it: `` or `a/b/`. No leading slash: it would be a folder without a
 * name, which some readers cannot find (Sumo Logic). Throws `config`. */
export function folderOf(folder: string | null, place: string): string {
  const names = (folder ?? '').split('/').filter((name) => name !== '')
  if (names.length === 0) return ''
  const path = `${names.join('/')}/`
  const cure = 'use letters, digits, and . _ - only, with / between folders'
  if (!/^[A-Za-z0-9._/-]+$/.test(path) || names.some((name) => /^\.\.?$/.test(name))) {
    throw error('config', `${place}.folder is “${folder}”: ${cure}`)
  }
  if (path.length > longestFolder) {
    const why = `has ${path.length} characters, more than the ${longestFolder} that fit into a key`
    throw error('config', `${place}.folder ${why}: shorten it`)
  }
  return path
}

/** Undefined for what is no http(s) url of a host alone. */
function urlOf(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const bare = url && url.pathname === '/' && url.search + url.hash === ''
  return bare && /^https?:$/.test(url.protocol) && isDecodable(url) ? url : undefined
}

function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password)
    return true
  } catch {
    return false
  }
}

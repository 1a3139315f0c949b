/**
 * The options of the configuration's section `spool`.
 */
export const schema = {
  folder: {
    doc: 'Folder of the spool, on a local disk that outlives the process; only one process may use it.',
    format: 'text',
    default: './data',
  },
  network: {
    doc: 'Take a folder on a network file system (NFS, SMB) too, where locks and syncs cannot be relied on.',
    format: 'flag',
    default: false,
  },
  maxBytes: {
    doc: 'What lines and ids may take together; at this size the sources wait. Rejects are kept beside it.',
    format: 'bytes',
    min: 1_000_000,
    default: '10GB',
  },
  reserve: {
    doc: 'What must stay free on the volume; with less left the sources wait.',
    format: 'bytes',
    min: 0,
    default: '256MB',
  },
  rememberAge: {
    doc: 'How long an event id is remembered, so that an event given again is left out.',
    format: 'age',
    default: '30d',
  },
  rememberCount: {
    doc: 'How many event ids of one source are remembered at most; 20 million take 330 MB of disk and up to 280 MB of memory.',
    format: 'nat',
    default: 20_000_000,
  },
} as const

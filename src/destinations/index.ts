/**
 * The destinations, by the word that the user writes after `type:`. To add one: a file beside this
 * one, and a line here.
 */
import { create as createConsole, schema as consoleSchema } from './console.ts'
import type { Options as ConsoleOptions } from './console.ts'
import { create as createFile, schema as fileSchema } from './file.ts'
import type { Options as FileOptions } from './file.ts'
import { create as createSyslog, schema as syslogSchema } from './syslog.ts'
import type { Options as SyslogOptions } from './syslog.ts'

export const destinations = {
  syslog: { schema: syslogSchema, create: createSyslog },
  file: { schema: fileSchema, create: createFile },
  console: {
    schema: consoleSchema,
    create: (options: ConsoleOptions, context: { name: string }) => createConsole(options, context),
  },
}

/** The options of each type, as `create` takes them. */
export interface DestinationOptions {
  syslog: SyslogOptions
  file: FileOptions
  console: ConsoleOptions
}

export type DestinationType = keyof typeof destinations

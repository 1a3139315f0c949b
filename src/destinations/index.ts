/**
 * The destinations, by the word that the user writes after `type:`. To add one: a file beside this
 * one, and a line here.
 */
import { create as createConsole, schema as consoleSchema } from './console.ts'
import type { Options as ConsoleOptions } from './console.ts'
import { create as createFile, schema as fileSchema } from './file.ts'
import { create as createS3, schema as s3Schema } from './s3.ts'
import { create as createSyslog, schema as syslogSchema } from './syslog.ts'

export const destinations = {
  syslog: { schema: syslogSchema, create: createSyslog },
  s3: { schema: s3Schema, create: createS3, timelines: true },
  file: { schema: fileSchema, create: createFile },
  console: {
    schema: consoleSchema,
    create: (options: ConsoleOptions, context: { name: string }) => createConsole(options, context),
  },
}

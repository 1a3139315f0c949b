/**
 * Reads the continuation mark out of the file in which the vendor's PowerShell add-on keeps it
 * (`Netwrix_Auditor_…_Add-on_Cookie.bin`). The file is the mark as text (Netwrix, Splunk add-on,
 * "Deployment": its content is what is pasted when one add-on takes over from another).
 *
 * How it is encoded is not documented and depends on the script's version, so: any byte order mark or
 * none, UTF-16 of either order, white space and line ends anywhere, quotes around it, zeros behind it.
 * A mark is base64 of a zero-terminated XML with one node for each database (monitoring plan), as the
 * documentation's own samples decode; what decodes to anything else is refused, since a wrong mark
 * would begin at a wrong place or nowhere.
 */
import { Survey, transcoder } from '../decoders/text.ts'
import { error } from '../error.ts'
import { printable } from '../io/printable.ts'

export interface MarkFile {
  mark: string
  /** Databases (monitoring plans) that it has a position for. */
  databases: number
}

/** `name` is the file's, for messages. Throws `bad-request` for what is no mark. */
export function readMarkFile(bytes: Buffer, name: string): MarkFile {
  const refuse = (what: string) =>
    error(
      'bad-request',
      `${printable(name)} ${what}; name the add-on’s file that ends in Cookie.bin, as it lies ` +
        'beside its script (cefline mark set --mark takes a mark as it is)',
    )
  const text = textOf(bytes)
  const mark = text.replace(/[\s\0\ufeff]+/g, '').replace(/^(["'])(.*)\1$/, '$2')
  if (mark === '') throw refuse('holds nothing')
  if (!isMarkText(mark)) {
    // Not shown: a file that was named by mistake may hold anything.
    throw refuse(`holds no mark: its ${mark.length} characters are not base64`)
  }
  const databases = databasesIn(mark)
  if (databases === undefined) throw refuse('holds base64, but not that of a mark')
  return { mark, databases }
}

/** Whether the text can be a mark at all. */
export function isMarkText(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)
}

/**
 * For how many databases it has a position; undefined when it is not what marks are known to be. Only
 * the ends and the nodes are looked for: more of the form is not known.
 */
export function databasesIn(mark: string): number | undefined {
  const text = Buffer.from(mark, 'base64').toString('utf8').replace(/\0+$/, '').trim()
  if (!/^<nr\b[^]*(<\/nr|\/)>$/.test(text)) return undefined
  return [...text.matchAll(/<n\b/g)].length
}

function textOf(bytes: Buffer): string {
  const survey = new Survey()
  survey.update(bytes)
  const decoder = transcoder(survey.end())
  return Buffer.concat([decoder.write(bytes), decoder.end()]).toString()
}

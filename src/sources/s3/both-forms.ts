/**
 * Tells when a folder is read in which the destination `s3` keeps both of its forms (`format: both`): the
 * same events as CEF below `cef/` and as CadoJson below `json/`. They are two lines that differ, so each
 * event would come twice.
 */
import { printable } from '../../io/printable.ts'

/** `20261122T131500.123Z_….cef.gz` in a folder that is named after its form. */
const ours = /^(|[^]*\/)(cef|json)\/\d{8}T\d{6}\.\d{3}Z_[^/]+\.\2(?:\.gz)?$/

export class BothForms {
  /** Folder above → the form that was seen first. */
  readonly #seen = new Map<string, string>()
  #isSaid = false

  /** Of the first object of a second form: what is wrong, and the cure. */
  see(key: string): string | undefined {
    const [, above, form] = ours.exec(key) ?? []
    if (this.#isSaid || above === undefined || form === undefined) return undefined
    const first = this.#seen.get(above)
    if (first === undefined) this.#seen.set(above, form)
    if (first === undefined || first === form) return undefined
    this.#isSaid = true
    const shown = printable(above)
    return `each event of “${shown}” comes twice, from ${shown}cef/ and from ${shown}json/: set folder to one of the two, or suffix to one form’s ending (such as .cef.gz)`
  }
}

/**
 * A reason as the log may have it: Cefline's own log never holds a value of a record, which the
 * reasons of rejects quote. They stand whole beside the reject, `cefline rejects show` has them.
 *
 * From the first quotation mark to the last, as a value may have some of its own; or to the last `…`,
 * as one that was too long has no mark at its end. A reason has therefore no quotation marks but those.
 */
export function withoutValues(reason: string): string {
  return reason.replace(/"[^]*["…]/, '"…"')
}

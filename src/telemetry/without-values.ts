/**
 * A reason as the log may have it: Cefline's own log never holds a value of a record, which the
 * reasons of rejects quote. They stand whole beside the reject, `cefline rejects show` has them.
 *
 * From the first quotation mark to the last, as a value may have some of its own.
 */
export function withoutValues(reason: string): string {
  return reason.replace(/"[^]*"/, '"…"')
}

/**
 * The appliance's clock, by which ages and what is left of a certificate are counted: that of the
 * browser's machine may be hours off.
 */

/** ms that it is ahead of the browser's. */
let ahead = 0

/** `now`: ms since 1970, just told by the appliance. */
export function setClock(now: number): void {
  ahead = now - Date.now()
}

/** ms since 1970 */
export function applianceNow(): number {
  return Date.now() + ahead
}

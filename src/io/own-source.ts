/**
 * The name, and the type, of the source of Cefline's own events; no other source may have it.
 */
export const ownSource = 'cefline'

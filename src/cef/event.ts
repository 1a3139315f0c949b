/**
 * One event before it is a line: the seven header fields of CEF and its extension, in order.
 */

export type CefValue = string | number

export interface CefEvent {
  vendor: string
  product: string
  /** Device Version. */
  version: string
  /** Device Event Class ID: the kind of event, not the occurrence. */
  classId: string
  name: string
  /** 0 to 10. */
  severity: number
  /** Key and value, in the order in which they are sent. Empty values are left out by the encoder;
   * a number under a key of type T is milliseconds since 1970. */
  extension: [key: string, value: CefValue][]
  /** Keys of letters, digits and `_` that the vendor's own standard defines: written as they are, as
   * text, whatever the dictionary says of them. A constant of the mapping, the same for all events. */
  own?: ReadonlySet<string>
  /** The event's time in ms since 1970 (UTC): what the syslog header carries. */
  time: number
}

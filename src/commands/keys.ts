/**
 * Single keys of a terminal, as they are pressed.
 */
import type { ReadStream } from 'node:tty'

/** What a terminal in raw mode gives for Ctrl-C and Ctrl-Z, which then raise no signal. */
export const interruptKey = '\u0003'
export const suspendKey = '\u001a'

/** Tells of each key until `end`, which gives the terminal back as it was. Where the input is no
 * terminal there are no keys. */
export function listenToKeys(input: ReadStream, pressed: (key: string) => void) {
  if (!input.isTTY) return { begin: () => {}, end: () => {} }
  const listener = (chunk: Buffer | string) => {
    const text = chunk.toString()
    // Arrows and the like begin with an escape, and mean nothing here.
    if (!text.startsWith('\u001b')) for (const key of text) pressed(key)
  }
  const begin = () => {
    input.setRawMode(true)
    input.on('data', listener)
    input.resume()
  }
  const end = () => {
    input.off('data', listener)
    input.setRawMode(false)
    input.pause()
  }
  begin()
  return { begin, end }
}

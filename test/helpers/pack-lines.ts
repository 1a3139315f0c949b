/** What is sent to the receivers of `integrations/`: lines of all kinds, long ones among them. */
import type { Destination } from '../../src/core.ts'
import { unpackLines } from '../../src/io/lines.ts'
import { netwrixLine } from './netwrix-lines.ts'
import { blockOf, Feed, recorder } from './sink.ts'

const texts = ['plain', 'a|b a=b C:\\Temp\\new\nline two', 'à é 漢 😀 "q" 100% \u00a0\u2028x']
const longest = 'long à '.repeat(850)

const lines = [...texts, longest].map((detailsText) => netwrixLine({ detailsText }))
const { lines: packed, ...place } = blockOf(1, lines, { severity: 7 })

/** Delivers the lines, and gives each message as it stands on the wire, without its frame. */
export async function deliverLines(destination: Destination): Promise<string[]> {
  const delivery = recorder()
  const feed = new Feed({ ...place, lines: packed })
  feed.end()
  await destination.deliver(feed, delivery, new AbortController().signal)
  if (delivery.receipts.join() !== '1' || delivery.rejects.length > 0) {
    throw new Error(`receipts ${delivery.receipts.join()}, ${delivery.rejects.length} rejects`)
  }
  return unpackLines(packed).map(({ cef, time, severity }) => {
    const frame = destination.frame(cef, time, severity).toString()
    return frame.replace(/^\d+ (?:syslog \d+ )?/, '').replace(/\n$/, '')
  })
}

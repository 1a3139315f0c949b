/**
 * A counting TCP sink in a process of its own: marks the number after `\seq-` in `filePath` in a
 * bitmap and says `done <duplicates> <bytes>` when all have arrived. Started with the count to wait for.
 */
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

const expected = Number(process.argv[2])
const seen = new Uint8Array(expected)
const marker = Buffer.from('\\seq-')
let unique = 0
let duplicates = 0
let bytes = 0

const server = createServer((socket) => {
  let rest = Buffer.alloc(0)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    bytes += chunk.length
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const end = data.lastIndexOf(10) + 1
    count(data.subarray(0, end))
    rest = data.subarray(end)
  })
})

function count(data: Buffer): void {
  for (let at = data.indexOf(marker); at !== -1; at = data.indexOf(marker, at + 12)) {
    let number = 0
    for (let digit = at + 5; digit < at + 12; digit += 1) number = number * 10 + data[digit]! - 48
    if (seen[number] === 0) {
      seen[number] = 1
      unique += 1
      if (unique === expected) process.send?.({ done: true, duplicates, bytes })
    } else duplicates += 1
  }
}

server.listen(0, '127.0.0.1', () =>
  process.send?.({ port: (server.address() as AddressInfo).port }),
)
process.on('message', () => process.exit(0))
process.on('disconnect', () => process.exit(0))

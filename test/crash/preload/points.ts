/**
 * Kills the process with -9, by itself, at a named point: nothing that comes after it is run, no
 * handler and no flush.
 */
import { promises } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { resolve, sep } from 'node:path'
import type { Order, Point } from './order.ts'
import { watchSockets } from './sockets.ts'
import { insideWrites } from './spool.ts'
import type { Append, Receipts } from './spool.ts'
import { wrap } from './wrap.ts'

type Move = (this: object, from: Buffer | string, to: Buffer | string) => Promise<void>
type Open = (this: object, folder: string) => Promise<object>

export async function setPoint(
  order: Order,
  spool: object,
  { name, nth }: NonNullable<Order['point']>,
): Promise<void> {
  let left = nth
  const reach = (reached: Point) => {
    if (reached !== name) return
    left -= 1
    if (left === 0) process.kill(process.pid, 'SIGKILL')
  }
  switch (name) {
    case 'opened':
      return aroundOpen(order, reach)
    case 'fetched':
    case 'appended':
      return aroundAppend(spool, reach)
    case 'before-receipt':
    case 'receipted':
      return aroundReceipts(spool, reach)
    case 'in-append':
    case 'in-receipt':
      return insideWrites(order, spool, (kind) => {
        reach(kind === 'append' ? 'in-append' : 'in-receipt')
      })
    case 'before-move':
    case 'moved':
      return aroundMoves(order.drop, reach)
    default:
      return watchSockets(order.port, {
        sending: () => reach('sending'),
        sent: () => reach('sent'),
        halfClosed: () => reach('half-closed'),
        answered: () => reach('answered'),
      })
  }
}

async function aroundOpen({ dist }: Order, reach: (point: Point) => void): Promise<void> {
  const { Store } = (await import(`${dist}spool/store.js`)) as { Store: object }
  wrap<'open', Open>(Store, 'open', (original) => {
    return async function open(folder) {
      const store = await original.call(this, folder)
      reach('opened')
      return store
    }
  })
}

function aroundAppend(spool: object, reach: (point: Point) => void): void {
  wrap<'append', Append>(spool, 'append', (original) => {
    return async function append(queue, batch) {
      if (batch.lines.count > 0) reach('fetched')
      const appended = await original.call(this, queue, batch)
      if (batch.lines.count > 0) reach('appended')
      return appended
    }
  })
}

function aroundReceipts(spool: object, reach: (point: Point) => void): void {
  wrap<'receipts', Receipts>(spool, 'receipts', (original) => {
    return async function receipts(...given) {
      reach('before-receipt')
      await original.apply(this, given)
      reach('receipted')
    }
  })
}

/** A file leaves the drop folder by rename, or by a link and an unlink. */
function aroundMoves(drop: string, reach: (point: Point) => void): void {
  const folder = resolve(drop) + sep
  const isDropped = (path: Buffer | string) => {
    const text = path.toString()
    return text.startsWith(folder) && !text.slice(folder.length).includes(sep)
  }
  for (const name of ['rename', 'link'] as const) {
    wrap<typeof name, Move>(promises, name, (original) => {
      return async function move(from, to) {
        if (!isDropped(from)) return original.call(this, from, to)
        reach('before-move')
        await original.call(this, from, to)
        reach('moved')
      }
    })
  }
  syncBuiltinESMExports()
}

/** Blocks of ten lines that say which they are, and what of them a sink has. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Block, Destination } from '../../src/core.ts'
import { blockOf, cefLine } from './sink.ts'
import type { Feed, Sink } from './sink.ts'
import { syslogTo } from './syslog-options.ts'
import type { Some } from './syslog-options.ts'

/** Checkpoints as often as they may come. */
export const often: Some = { receiptEvery: 1, timeout: 1000 }

/** A destination to the sink, over TCP, with checkpoints as often as they may come. */
export function oftenTo({ port }: Sink, options: Some = {}): Destination {
  return syslogTo(`tcp://127.0.0.1:${port}`, { ...often, ...options })
}

export function numbersOf(...sequences: number[]): number[] {
  return sequences.flatMap((sequence) => range(10).map((one) => sequence * 10 + one - 1))
}

export function numbered(sequence: number): Block {
  return blockOf(
    sequence,
    numbersOf(sequence).map((number) => cefLine(number)),
  )
}

export function numberOf(line: string): number {
  return Number(/externalId=(\d+)/.exec(line)?.[1])
}

/** What came, in the order in which it came. */
export function numbersIn(sink: Sink): number[] {
  return sink.lines().map(numberOf)
}

/** 1, 2, … count. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

export function ascending(some: number[]): number[] {
  return [...some].sort((a, b) => a - b)
}

/** Adds a block every few milliseconds, and ends. */
export async function trickle(feed: Feed, count: number, every: number): Promise<void> {
  for (const sequence of range(count)) {
    feed.add(numbered(sequence))
    await pause(every)
  }
  feed.end()
}

/**
 * Events as they pass: a choice by which none ever can is refused.
 */
import t from 'tap'
import { tap } from '../../src/app/tapping.ts'
import type { TappingOptions } from '../../src/app/tapping.ts'
import type { TapQuery } from '../../src/control/verbs.ts'
import { Passing } from '../../src/telemetry/passing.ts'

const named = (name: string) => ({ name }) as never
const known = { sources: [named('alerts'), named('cefline')], destinations: [named('siem')] }

async function first(query: Partial<TapQuery>, known?: TappingOptions['known']) {
  const passing = new Passing()
  const running = { frame: () => undefined }
  const signal = AbortSignal.timeout(60_000)
  const options = { passing, running, signal, ...(known && { known }) }
  for await (const seen of tap({ follow: true, ...query }, options)) return seen
  return undefined
}

t.test('a source or destination that is not there', async (t) => {
  await t.rejects(first({ source: 'nope' }, known), {
    code: 'not-found',
    message: 'there is no source "nope"; there is "alerts", "cefline"',
  })
  await t.rejects(first({ destination: 'nope' }, known), {
    code: 'not-found',
    message: 'there is no destination "nope"; there is "siem"',
  })
  await t.rejects(first({ source: 'nope', follow: false }, known), { code: 'not-found' })
})

t.test('those that are there, and what went back from the rejects', async (t) => {
  const nothing = { events: [], skipped: 0 }
  t.same(await first({ source: 'cefline', destination: 'siem' }, known), nothing)
  t.same(await first({ source: 'retry:siem' }, known), nothing)
  t.same(await first({}, known), nothing)
  t.same(await first({ source: 'nope' }), nothing, 'the page’s choice may be of one that is gone')
})

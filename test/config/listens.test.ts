import t from 'tap'
import { resolveConfiguration } from '../../src/config/load.ts'
import type { Schema } from '../../src/config/schema.ts'

const schema = {
  folder: { doc: 'Its own.', format: 'text', default: './push' },
  listen: { doc: 'Address.', format: 'listen', default: '127.0.0.1:8515' },
} satisfies Schema
const tables = {
  sources: { 'netwrix-push': { schema } },
  destinations: { console: { schema: {} } },
}

/** What is wrong with push sources at these addresses. */
function faults(listens: (string | undefined)[], status = '127.0.0.1:8514'): string[] {
  const sources = listens.map((listen, index) => {
    const options = { type: 'netwrix-push', folder: `p${index}`, ...(listen && { listen }) }
    return [`s${index}`, options] as const
  })
  const value = {
    status: { listen: status },
    sources: Object.fromEntries(sources),
    destinations: { siem: { type: 'console' } },
  }
  try {
    resolveConfiguration(value, { origin: 'test', tables })
    return []
  } catch (thrown) {
    const lines = (thrown as Error).message.split('\n')
    return lines.map((line) => line.replace(/^test /, ''))
  }
}

t.test('two that listen on one address', async (t) => {
  const taken = (by: string) => `is taken by ${by}; give every listener a port of its own`
  t.same(faults([undefined, undefined]), [
    `sources.s1.listen: "127.0.0.1:8515" ${taken('sources.s0.listen (127.0.0.1:8515)')}`,
  ])
  t.same(faults(['127.0.0.1:8514']), [
    `sources.s0.listen: "127.0.0.1:8514" ${taken('status.listen (127.0.0.1:8514)')}`,
  ])
  for (const [one, other, isRefused] of [
    ['0.0.0.0:1', '127.0.0.1:1', true],
    ['127.0.0.1:1', '[::]:1', true],
    ['localhost:1', '127.0.0.1:1', true],
    ['[::1]:1', '[::]:1', true],
    ['Host:1', 'host:1', true],
    ['[::1]:1', '0.0.0.0:1', false],
    ['127.0.0.1:1', '127.0.0.2:1', false],
    ['127.0.0.1:1', '127.0.0.1:2', false],
    ['127.0.0.1:0', '127.0.0.1:0', false],
  ] as const) {
    t.equal(faults([one, other]).length, isRefused ? 1 : 0, `${one} and ${other}`)
  }
})

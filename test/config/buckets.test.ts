import t from 'tap'
import { tables } from '../../src/components.ts'
import { resolveConfiguration } from '../../src/config/load.ts'

const own = 'give it a folder of its own'

/** What is wrong, a line each. */
function faults(sources: object, destinations: object): string[] {
  try {
    resolveConfiguration({ sources, destinations }, { origin: 'test', tables })
    return []
  } catch (thrown) {
    return (thrown as Error).message.split('\n')
  }
}

const s3 = (options: object = {}) => ({ type: 's3', bucket: 'b', ...options })
const siem = { type: 'console' }

/** Whether a destination that gets what this source reads may write there. */
const isLoop = (source: object, destination: object) => {
  const found = faults({ in: s3(source) }, { out: s3({ from: ['in'], ...destination }), siem })
  return found.length > 0 && found.every((fault) => fault.includes('round for ever'))
}

t.test('a destination whose own source reads what it writes', async (t) => {
  const found = faults(
    { in: s3({ folder: 'cado' }) },
    { out: s3({ folder: 'cado/x', from: ['in'] }), siem },
  )
  t.same(found, [
    'test destinations.out.folder: "cado/x" holds what comes back by sources.in, whose events this ' +
      `destination gets, so that they would go round for ever; ${own}, or leave that source out of ` +
      'destinations.out.from',
  ])
  for (const [source, destination, isRefused] of [
    [{}, {}, true],
    [{ folder: 'a' }, { folder: '/a/' }, true],
    [{ folder: 'a/cef' }, { folder: 'a', format: 'both' }, true],
    [{ folder: 'a/cef' }, { folder: 'a', format: 'cef' }, false],
    [{ folder: 'a' }, { folder: 'ab' }, false],
    [{ folder: 'a', suffix: '.json.gz' }, { folder: 'a' }, false],
    [{ folder: 'a', suffix: '.gz' }, { folder: 'a' }, true],
    [{ folder: 'a', suffix: '.gz' }, { folder: 'a', gzip: false }, false],
    [{ endpoint: 'https://h.example' }, {}, false],
    [{ endpoint: 'https://h.example/' }, { endpoint: 'https://H.example:443' }, true],
    [{ endpoint: 'https://s3.eu-central-1.amazonaws.com' }, {}, true],
    [{}, { bucket: 'other' }, false],
  ] as const) {
    const text = `${JSON.stringify(source)} ${JSON.stringify(destination)}`
    t.equal(isLoop(source, destination), isRefused, text)
  }
})

t.test('one that gets other sources only, and a way round through two buckets', async (t) => {
  const files = { type: 'timeline', folder: 'drop' }
  const both = { in: s3(), files }
  t.same(faults(both, { out: s3({ from: ['files'] }), siem: { ...siem, from: ['in'] } }), [])
  const other = s3({ bucket: 'other' })
  const round = faults(
    { one: s3(), two: other },
    { a: { ...other, from: ['one'] }, b: s3({ from: ['two'] }) },
  )
  t.equal(round.length, 2)
  t.match(round[0], /destinations\.a\.bucket: "other" holds what comes back by sources\.one/)
})

t.test('two destinations of one folder', async (t) => {
  const files = { files: { type: 'timeline', folder: 'drop' } }
  const found = (one: object, two: object) => faults(files, { one: s3(one), two: s3(two) })
  t.match(found({ folder: 'a' }, { folder: 'a', format: 'json' }), [
    `destinations.two.folder: "a" is where destinations.one writes; ${own}`,
  ])
  t.equal(found({ folder: 'a', format: 'both' }, { folder: 'a/json', format: 'json' }).length, 1)
  t.same(found({ folder: 'a' }, { folder: 'a/json' }), [])
  t.same(found({}, { bucket: 'c' }), [])
})

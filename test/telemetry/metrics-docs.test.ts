/** The table of metrics is the registry's, and every metric keeps to the conventions that can be read off it. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { allMetrics, describeMetrics, metricsDocument } from '../helpers/metrics-docs.ts'

t.test('docs/metrics.md is fresh; `npm run docs` writes it', async (t) => {
  t.ok(readFileSync(metricsDocument, 'utf8') === describeMetrics())
})

t.test('names, labels and help', async (t) => {
  for (const { name, type, labelNames, help } of allMetrics()) {
    t.match(name, /^cefline_[a-z0-9_]+$/)
    t.equal(name.endsWith('_total'), type === 'counter', `${name} is a ${type}`)
    t.notMatch(name, /_(ms|milliseconds|kb|minutes|count|sum|bucket)$/, `${name}: base units`)
    t.match(help, /\S/, name)
    t.notMatch(help, /\|/, 'it stands in a table')
    t.notMatch(labelNames.join(), /detail|message|file|row|address/, 'no label grows without bound')
  }
})

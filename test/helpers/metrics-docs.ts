/**
 * `docs/metrics.md`, made of the registry: `npm run docs` writes it, and
 * `test/telemetry/metrics-docs.test.ts` fails when it is stale.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Metrics } from '../../src/telemetry/metrics.ts'
import { root } from './root.ts'

export const metricsDocument = join(root, 'docs', 'metrics.md')

interface Described {
  name: string
  help: string
  type: string
  labelNames: readonly string[]
}

/** Every metric that there can be, in the order of a scrape. */
export function allMetrics(): Described[] {
  return new Metrics('0').registry.getMetricsAsArray() as unknown as Described[]
}

/** The document's text. */
export function describeMetrics(): string {
  const all = allMetrics()
  const isOfProcess = ({ name }: Described) => /^cefline_(process|nodejs)_/.test(name)
  return `# Metrics

\`GET /metrics\` on the status address (default \`127.0.0.1:8514\`), in Prometheus' text format 0.0.4, without
a token: no record and no secret is in it. Made of the code by \`npm run docs\`.

A source or destination that is gone from the configuration loses its series. Labels are names of the
configuration and words of closed lists (codes are those of \`src/error.ts\`), so their number is bounded.
What only the spool knows has no series while the spool is not open (\`cefline_spool_open\` 0).
\`/readyz\` beside it is 200 while a destination is down, by design: it asks for the spool, as a restart would
bring no SIEM back. Whether a destination is up is said here, by \`cefline_destination_up\`.
Ready-made alerts and a dashboard are in [integrations/prometheus](../integrations/prometheus/README.md).

## Cefline

${tableOf(all.filter((metric) => !isOfProcess(metric)))}

## The process

Those of prom-client; event-loop delay is \`cefline_nodejs_eventloop_lag_*\`.

${tableOf(all.filter(isOfProcess))}
`
}

/** Writes it. */
export function writeMetricsDocument(): void {
  writeFileSync(metricsDocument, describeMetrics())
}

function tableOf(metrics: readonly Described[]): string {
  const rows = metrics.map(({ name, type, labelNames, help }) => {
    const labels = labelNames.map((label) => `\`${label}\``).join(' ')
    return `| \`${name}\` | ${type} | ${labels} | ${help} |`
  })
  return ['| metric | type | labels | what it is |', '|---|---|---|---|', ...rows].join('\n')
}

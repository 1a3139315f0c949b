/**
 * Outcomes as a table in Markdown, and a failure as the lines that one needs to look into it.
 */
import type { Outcome } from './run.ts'

const columns = [
  'receiver',
  'transport',
  'kills of Cefline',
  'kills of the receiver',
  'other faults',
  'records',
  'lost by Cefline',
  'lost by the receiver itself',
  'sent twice (bound)',
  'ledger',
]

export function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => {
    const { setting, kills, receiverKills, faults, given, lost, ownLoss, duplicates } = outcome
    const others = [...faults].filter(([name]) => !name.startsWith('receiver killed'))
    return [
      ...[setting.receiver, setting.transport, sum(kills.values()), receiverKills],
      ...[sum(others.map(([, count]) => count)), given, lost, ownLoss],
      `${number(duplicates)} (${number(outcome.bound)})`,
      outcome.ledger,
    ]
  })
  const shown = rows.map((cells) => cells.map((cell) => number(cell)))
  return [columns, columns.map((_, index) => (index < 2 ? '---' : '---:')), ...shown]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** Where Cefline was killed and what else happened, over all outcomes. */
export function counts(outcomes: readonly Outcome[]): string {
  const list = (name: string, maps: Map<string, number>[]) => {
    const all = new Map<string, number>()
    for (const [key, count] of maps.flatMap((map) => [...map])) {
      all.set(key, (all.get(key) ?? 0) + count)
    }
    return `${name}: ${[...all].map(([key, count]) => `${key} ${count}`).join(', ')}.`
  }
  const untried = [...new Set(outcomes.flatMap((outcome) => outcome.untried))]
  return [
    list(
      'Killed at',
      outcomes.map(({ kills }) => kills),
    ),
    list(
      'Faults',
      outcomes.map(({ faults }) => faults),
    ),
    ...(untried.length > 0 ? [`Not tried here: ${untried.join('; ')}.`] : []),
  ].join('\n')
}

/** Says what does not hold; '' when all does. */
export function failure({ violations, setting, seed, log }: Outcome): string {
  if (violations.length === 0) return ''
  return [
    `${setting.receiver} ${setting.transport}, seed ${seed}:`,
    ...violations.map((violation) => `- ${violation}`),
    'The last lines of Cefline’s log:',
    ...log,
  ].join('\n')
}

function sum(numbers: Iterable<number>): number {
  let all = 0
  for (const one of numbers) all += one
  return all
}

/** 12,345 */
function number(value: string | number): string {
  return typeof value === 'string' ? value : value.toLocaleString('en-US')
}

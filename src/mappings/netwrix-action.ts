/**
 * What a Netwrix action says about severity and outcome. The list is that of the API's search filter
 * (Integration API guide, "Filters"); it is open, so an action that is not here has a default.
 *
 * | severity | action |
 * |---|---|
 * | 2 | Read, Logoff, Session end |
 * | 3 | Successful Logon, Session start, Checked in, Checked out, Discard check out |
 * | 4 | Copied, Sent, Renamed, Moved, Activated |
 * | 5 | Added, Modified, and every other |
 * | 6 | Removed, Failed Logon, and everything that ends in `(Failed Attempt)` |
 *
 * CEF reads 0–3 as low, 4–6 as medium, 7–8 as high, 9–10 as very high. An alert has 7 at least.
 */

export interface ActionMeaning {
  severity: number
  outcome: 'success' | 'failure'
}

const severities: Record<number, string[]> = {
  2: ['Read', 'Logoff', 'Session end'],
  3: ['Successful Logon', 'Session start', 'Checked in', 'Checked out', 'Discard check out'],
  4: ['Copied', 'Sent', 'Renamed', 'Moved', 'Activated'],
  5: ['Added', 'Modified'],
  6: [
    'Removed',
    'Failed Logon',
    ...['Add', 'Remove', 'Modify', 'Read', 'Move', 'Rename'].map(
      (verb) => `${verb} (Failed Attempt)`,
    ),
  ],
}

const known = new Map<string, ActionMeaning>()
for (const [severity, actions] of Object.entries(severities)) {
  for (const action of actions) {
    const meaning = meaningOf(action.toLowerCase(), Number(severity))
    known.set(action, meaning).set(action.toLowerCase(), meaning)
  }
}

/** Severity (before an alert's least) and outcome; upper and lower case are the same. */
export function actionMeaning(action: string): ActionMeaning {
  const exact = known.get(action)
  if (exact !== undefined) return exact
  const lower = action.trim().toLowerCase()
  return known.get(lower) ?? meaningOf(lower, lower.includes('(failed attempt)') ? 6 : 5)
}

function meaningOf(lower: string, severity: number): ActionMeaning {
  const failed = lower.includes('(failed attempt)') || lower === 'failed logon'
  return { severity, outcome: failed ? 'failure' : 'success' }
}

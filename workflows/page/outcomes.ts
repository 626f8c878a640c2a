// The outcomes of a run's records, in the words that a person sees: in Temporal's UI and in the terminal.
import type { Tally } from '../../packages/client/contract/runReport.ts'

type Outcome = readonly [label: string, key: keyof Tally]

const OUTCOMES: readonly Outcome[] = [
  ['Created', 'created'],
  ['Updated', 'updated'],
  ['Deleted', 'deleted'],
  ['Unchanged', 'unchanged'],
  ['Failed', 'failed'],
  ['In doubt', 'inDoubt'],
]

/** Outcomes that many runs cannot have. */
const SELDOM: ReadonlySet<keyof Tally> = new Set(['deleted', 'unchanged'])

/** The outcomes to show of runs: deleted and unchanged only where a run has such records. */
export function shownOutcomes(...tallies: readonly Partial<Tally>[]): readonly Outcome[] {
  return OUTCOMES.filter(([, key]) => !SELDOM.has(key) || tallies.some(tally => (tally[key] ?? 0) > 0))
}

/** `created or updated`; in a run that deletes or leaves records out, what it did: `updated or unchanged`. */
export function loadedWords(tally: Tally): string {
  const done = (['created', 'updated', 'deleted', 'unchanged'] as const).filter(key => tally[key] > 0)
  const named = done.some(key => SELDOM.has(key)) ? done : ['created', 'updated']
  return new Intl.ListFormat('en-US', { type: 'disjunction' }).format(named)
}

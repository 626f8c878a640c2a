import type { RunSummary } from './runSummary.ts'

export type RunFilter = {
  readonly sync?: string
  readonly state?: string
  /** UTC, `YYYY-MM-DDTHH:mm:ss`, or the beginning of such a text. */
  readonly since?: string
}

/** Newest first; directories without a time last. */
export function chosenRuns<Run extends Omit<RunSummary, 'state'> & { readonly state: string }>(
  runs: readonly Run[],
  { sync, state, since }: RunFilter,
): readonly Run[] {
  return runs
    .filter(run => sync === undefined || run.sync === sync)
    .filter(run => state === undefined || run.state === state)
    .filter(({ startedAt }) => since === undefined || (startedAt !== undefined && startedAt >= since))
    .toSorted((a, b) => compare(b.startedAt ?? '', a.startedAt ?? '') || compare(b.runId, a.runId))
}

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b)

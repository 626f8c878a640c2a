import { loadConfiguration } from '../../config/environment.ts'
import { utcTimestamp } from '../../loader/results/resultsCsv.ts'
import { compareStarts } from '../../loader/runs/runSummary.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import { count } from '../../workflows/page/markdown.ts'
import { shownOutcomes } from '../../workflows/page/outcomes.ts'
import { type ListedRun, readRuns, runBytes, withWorking, workingRuns } from '../allRuns.ts'
import { columns, fileSize, printJson } from '../columns.ts'
import type { SharedOptions } from '../optionValues.ts'

export type RunsListOptions = SharedOptions & {
  readonly sync?: string
  readonly outcome?: string
  /** Epoch milliseconds. */
  readonly since?: number
  readonly limit: number
}

type SizedRun = ListedRun & { readonly bytes: number | undefined }

/** Reads the run store directly: it has runs long after Temporal has deleted them. */
export async function runsList(options: RunsListOptions): Promise<void> {
  const configuration = await loadConfiguration(options.config, { credentials: 'optional' })
  const stores = openRunStores(configuration.runStore, configuration.baseDirectory)
  const [runs, working] = await Promise.all([readRuns(stores), workingRuns(options.config)])
  const chosen = chosenRuns(withWorking(runs, working), options)
  const shown = await Promise.all(
    chosen.slice(0, options.limit).map(async run => ({ ...run, bytes: await runBytes(stores.open(run.runId)) })),
  )
  if (!working.known) console.error(`${working.reason}. Until then no run is shown as running`)
  if (options.json) return printJson(shown)
  if (shown.length === 0) {
    console.error(nothingLine(stores.location, runs.length))
    return
  }
  console.log(table(shown))
  const more = chosen.length - shown.length
  if (more > 0) console.error(`… and ${count(more)} older; --limit ${chosen.length} shows all`)
}

function nothingLine(location: string, all: number): string {
  if (all === 0) return `There are no runs in ${location}. Start one: sflink sync run <name>`
  return `None of the ${count(all)} runs in ${location} matches; leave out --sync, --outcome or --since`
}

const TEXTS = ['RUN', 'SYNC', 'OBJECT', 'STARTED', 'ENDED', 'OUTCOME']

/** What a narrow terminal does without, in this order; `runs show` has it. The name of a run has its sync and its start. */
const DROPPED = [
  'SIZE',
  'OBJECT',
  'ENDED',
  'SYNC',
  'STARTED',
  'UNCHANGED',
  'UPDATED',
  'CREATED',
  'DELETED',
  'FAILED',
  'RECORDS',
]

function table(runs: readonly SizedRun[]): string {
  const outcomes = shownOutcomes(...runs.map(({ tally }) => tally ?? {}))
  const numbers = ['RECORDS', ...outcomes.map(([label]) => label.toUpperCase()), 'SIZE']
  const align = [...TEXTS.map(() => 'left' as const), ...numbers.map(() => 'right' as const)]
  const drop = runs.some(({ tally }) => tally !== undefined && tally.inDoubt > 0) ? DROPPED : ['IN DOUBT', ...DROPPED]
  const rows = runs.map(run => rowOf(run, outcomes))
  return columns(rows, { head: [...TEXTS, ...numbers], align, drop })
}

function rowOf(run: SizedRun, outcomes: ReturnType<typeof shownOutcomes>): readonly string[] {
  const { runId, sync = '-', object = '-', startedAt, finishedAt, records, tally, bytes } = run
  const counts = [records, ...outcomes.map(([, key]) => tally?.[key])]
  return [
    runId,
    sync,
    object,
    timeText(startedAt),
    timeText(finishedAt),
    outcomeText(run),
    ...counts.map(value => (value === undefined ? '-' : count(value))),
    bytes === undefined ? '-' : fileSize(bytes),
  ]
}

/** A plan is no load: `planned`, `plan failed`. */
export function outcomeText({ state, plans }: Pick<ListedRun, 'state' | 'plans'>): string {
  const words = state.replaceAll('_', ' ')
  return plans && state !== 'planned' ? `plan ${words}` : words
}

/** Without the T, to the second, UTC. */
const timeText = (time: string | undefined): string => (time === undefined ? '-' : time.replace('T', ' '))

/** Newest first; directories without a time last. */
function chosenRuns(runs: readonly ListedRun[], { sync, outcome, since }: RunsListOptions): readonly ListedRun[] {
  const from = since === undefined ? '' : utcTimestamp(since)
  return runs
    .filter(run => sync === undefined || run.sync === sync)
    .filter(run => outcome === undefined || run.state === outcome)
    .filter(({ startedAt }) => since === undefined || (startedAt !== undefined && startedAt >= from))
    .toSorted((a, b) => compareStarts(b, a))
}

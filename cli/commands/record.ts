import pLimit from 'p-limit'
import { loadConfiguration } from '../../config/environment.ts'
import { type FoundResult, findRecord, readIndex } from '../../loader/protocol/history/findRecord.ts'
import { isCallFolder, REMOVED_RUNS } from '../../loader/runs/removedRuns.ts'
import { readRunDocuments } from '../../loader/runs/runDocuments.ts'
import { summaryOfRun } from '../../loader/runs/runSummary.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import type { RunStores } from '../../loader/storage/runStore.ts'
import { syncOfRun } from '../../packages/client/contract/names.ts'
import { columns, printJson } from '../columns.ts'
import { CommandError } from '../commandError.ts'
import type { SharedOptions } from '../optionValues.ts'

/** Runs read concurrently: a bucket serves many requests at once. */
const AT_A_TIME = 32

/** What one run did to the record. */
type RecordEvent = FoundResult & { readonly runId: string }

/** Shows everything that the runs of a sync did to one record, the newest first. Reads the run store alone. */
export async function record(
  value: string,
  { sync, json, config }: SharedOptions & { readonly sync: string },
): Promise<void> {
  if (value.trim() === '')
    throw new CommandError('The value of the record is blank; give its key, an identity field or its Id')
  const configuration = await loadConfiguration(config, { credentials: 'optional' })
  const stores = openRunStores(configuration.runStore, configuration.baseDirectory)
  const { events, runs, open, unreadable } = await eventsOf(stores, {
    sync,
    value,
    syncs: [...configuration.syncs.keys()],
  })
  if (runs === 0) {
    throw new CommandError(`There is no run of a sync ${sync} in ${stores.location}. List the runs: sflink runs list`)
  }
  if (json) return printJson({ sync, value, runs, notEnded: open, unreadable, results: events })
  for (const problem of unreadable) console.error(`Left out: ${problem}`)
  if (open.length > 0) console.error(`Not ended, and left out: ${open.join(', ')}`)
  console.log(
    events.length === 0
      ? `No result of the ${runs} runs of ${sync} in ${stores.location} has the key, an identity field or the Id ${JSON.stringify(value)}`
      : table(events),
  )
}

type Searched = {
  /** The newest first. */
  readonly events: readonly RecordEvent[]
  /** Runs of the sync. */
  readonly runs: number
  /** Runs that have not ended. */
  readonly open: readonly string[]
  /** Runs whose files cannot be read, each with the reason. */
  readonly unreadable: readonly string[]
}

/** What a run of the sync says of the record. */
type Answer = { readonly events: readonly RecordEvent[] } | { readonly open: string } | { readonly unreadable: string }

type Asked = { readonly sync: string; readonly value: string; readonly syncs: readonly string[] }

async function eventsOf(stores: RunStores, asked: Asked): Promise<Searched> {
  const limit = pLimit(AT_A_TIME)
  const reading: Promise<Answer | undefined>[] = []
  for await (const runId of stores.runIds()) {
    if (runId !== REMOVED_RUNS && !isCallFolder(runId)) reading.push(limit(() => eventsIn(stores, runId, asked)))
  }
  const runs = (await Promise.all(reading)).filter(one => one !== undefined)
  const events = runs.flatMap(one => ('events' in one ? one.events : []))
  return {
    // Results of one second are those of the later run first: the ids of runs sort by time.
    events: events.toSorted(
      (a, b) => compareTexts(b.timestamp, a.timestamp) || compareTexts(b.runId, a.runId) || b.row - a.row,
    ),
    runs: runs.length,
    open: runs.flatMap(one => ('open' in one ? [one.open] : [])),
    unreadable: runs.flatMap(one => ('unreadable' in one ? [one.unreadable] : [])),
  }
}

const compareTexts = (one: string, other: string): number => Number(one > other) - Number(one < other)

/** undefined for a run of another sync. One run that is damaged must not hide the others. */
async function eventsIn(stores: RunStores, runId: string, { sync, value, syncs }: Asked): Promise<Answer | undefined> {
  const named = syncOfRun(runId)
  if (named !== undefined && named !== sync && syncs.includes(named)) return undefined
  if (named !== sync && (await syncIn(stores, runId)) !== sync) return undefined
  try {
    const found = await findRecord(stores.open(runId), runId, value)
    return found === undefined ? { open: runId } : { events: found.map(result => ({ runId, ...result })) }
  } catch (error) {
    return { unreadable: `${runId}: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** The sync of a run that a service has named. */
async function syncIn(stores: RunStores, runId: string): Promise<string | undefined> {
  const store = stores.open(runId)
  const index = await readIndex(store)
  return index === undefined ? summaryOfRun(runId, await readRunDocuments(store)).sync : index.sync
}

function table(events: readonly RecordEvent[]): string {
  const rows = events.map(({ timestamp, runId, row, operation, outcome, id, changed, errorCode, errorMessage }) => [
    timestamp.replace('T', ' '),
    runId,
    String(row),
    operation,
    outcome.replaceAll('_', ' '),
    id,
    errorCode === '' ? (changed ?? []).join(', ') : `${errorCode}: ${errorMessage.replaceAll(/\s+/g, ' ')}`,
  ])
  const head = ['TIME (UTC)', 'RUN', 'ROW', 'OPERATION', 'OUTCOME', 'ID', 'CHANGED FIELDS OR ERROR']
  return columns(rows, { head, align: ['left', 'left', 'right', 'left', 'left', 'left', 'left'] })
}

// The small documents of a run that show its outcome. Results and chunks are never read here.
import type { RunOutcome } from '../../packages/client/contract/runReport.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { EXECUTIONS_FOLDER, executionFiles, PLAN_REPORT_FILE, REPORT_FILE } from '../protocol/layout.ts'
import { writeJson } from '../protocol/runRecords.ts'
import { utcTimestamp } from '../results/resultsCsv.ts'
import type { RunStore } from '../storage/runStore.ts'

/** Parsed JSON; the caller checks its content: the files may be damaged, or of another program. */
export type RunDocuments = {
  readonly report?: unknown
  readonly planReport?: unknown
  readonly executions: readonly { readonly execution: string; readonly started?: unknown; readonly ended?: unknown }[]
  /** What can't be read, and why. */
  readonly unreadable: readonly string[]
}

const STARTED = /^executions\/(.+)\.started\.json$/

/**
 * Lists a file that can't be read as unreadable.
 * @param whole whether an error of the run store is thrown instead, because it may pass; a damaged file is always listed
 */
export async function readRunDocuments(store: RunStore, { whole = false } = {}): Promise<RunDocuments> {
  const unreadable: string[] = []
  const note = (path: string, error: unknown) => {
    if (whole && !(error instanceof SyntaxError)) throw error
    unreadable.push(reasonOf(path, error))
  }
  const read = async (path: string): Promise<unknown> => {
    try {
      const text = await store.readText(path)
      return text === undefined ? undefined : JSON.parse(text)
    } catch (error) {
      note(path, error)
      return undefined
    }
  }
  const report = await read(REPORT_FILE)
  const planReport = await read(PLAN_REPORT_FILE)
  const paths = await store.list(EXECUTIONS_FOLDER).catch((error: unknown) => {
    note(EXECUTIONS_FOLDER, error)
    return []
  })
  const names = paths.flatMap(path => STARTED.exec(path)?.[1] ?? [])
  const executions = await Promise.all(
    names.map(async execution => {
      const files = executionFiles(execution)
      return { execution, started: await read(files.started), ended: await read(files.ended) }
    }),
  )
  return { ...present({ report, planReport }), executions, unreadable }
}

function reasonOf(path: string, error: unknown): string {
  if (error instanceof SyntaxError) return `${path} is not valid JSON`
  return error instanceof Error ? error.message : String(error)
}

/** The start of a workflow that executes a run, in the run store. */
export type StartedExecution = {
  readonly workflowId: string
  /** Name of the sync in the configuration whose run it is; absent when the run loads something else. */
  readonly sync?: string
  readonly connection: string
  readonly object: string
  readonly operation: SyncSpec['operation']
  /** Whether the report carries the results. */
  readonly inlineResults?: boolean
  /** Present when the workflow plans and sends nothing. */
  readonly plans?: true
  /** The run of the flow whose workflow has started this one. */
  readonly flow?: string
  /** UTC, `YYYY-MM-DDTHH:mm:ss`. */
  readonly startedAt: string
}

/** The end of such a workflow, when it wrote no report. */
export type EndedExecution = {
  readonly outcome: Extract<RunOutcome, 'failed' | 'cancelled'>
  /** UTC, `YYYY-MM-DDTHH:mm:ss`. */
  readonly finishedAt: string
  readonly failure?: { readonly type: string; readonly message: string }
}

export type RecordEndInput = Pick<EndedExecution, 'outcome' | 'failure'> & {
  readonly runId: string
  readonly execution: string
}

/** Stores how a run without a report ended, for the time after Temporal's retention. */
export async function recordEnd(
  { runStore }: { readonly runStore: (runId: string) => RunStore },
  { runId, execution, outcome, failure }: RecordEndInput,
): Promise<void> {
  const store = runStore(runId)
  const { started, ended } = executionFiles(execution)
  if ((await store.size(started)) === undefined) return
  const end: EndedExecution = {
    outcome,
    finishedAt: utcTimestamp(Date.now()),
    ...(failure === undefined ? {} : { failure }),
  }
  await writeJson(store, ended, end)
}

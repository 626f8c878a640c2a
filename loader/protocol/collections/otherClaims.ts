// Which of the records found in the org other requests account for: of the same run, and of other runs of the run store.
import type { Operation } from '../../../packages/client/contract/operations.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import { leadingNumber } from '../../csv/recordBytes.ts'
import { type SyncPlan, wireColumns } from '../../plan/syncPlan.ts'
import { isSuccess } from '../../results/chunkResults.ts'
import { ResultParts } from '../../results/resultBatch.ts'
import { RunFileMissingError } from '../../storage/errors.ts'
import type { RunStore, RunStores } from '../../storage/runStore.ts'
import { committedJob } from '../bulk/commitChunk.ts'
import { chunkFiles, EXECUTIONS_FOLDER, PLAN_FILE, REPORT_FILE } from '../layout.ts'
import { type PlannedRun, pairedLines, readJsonIfThere, readRecords, readStaged, storedRecords } from '../runRecords.ts'
import { type OperationAttempt, settledBefore } from '../settleAttempt.ts'
import { type JournalState, journalStates } from './journalStates.ts'
import { type Intent, RequestJournal } from './requestJournal.ts'

/** A record that was sent, or may have been, and whose record in the org is unknown. */
export type OpenRow = {
  readonly place: OperationAttempt
  /** Place in the chunk, counted from 0. */
  readonly index: number
  readonly cells: readonly string[]
  /** Names of the columns of `cells`. */
  readonly columns: readonly string[]
  /** Whether its outcome will be known: it is in doubt otherwise. */
  readonly isPending: boolean
  /** Of its collection request, while that has no outcome. */
  readonly intent?: Intent
  /** Milliseconds, of its run. */
  readonly lostAnswerWait: number
}

/** Takes what a run knows about its own records. */
export type ClaimVisitor = {
  /** A record of the org that is a record of the run. */
  readonly id: (id: string) => void
  readonly open: (row: OpenRow) => void
}

type Visitor = Pick<ClaimVisitor, 'id'> & { readonly open: (row: Omit<OpenRow, 'lostAnswerWait'>) => void }

/** Visits what a run has written, or may have written. Reads the outcome of a request after its intent, so none falls in between. */
export async function visitClaims(
  store: RunStore,
  runId: string,
  { plan, spec }: PlannedRun,
  given: ClaimVisitor,
): Promise<void> {
  const { lostAnswerWait } = spec.resend
  const visit: Visitor = { id: given.id, open: row => given.open({ ...row, lostAnswerWait }) }
  const staged = await readStaged(store)
  for (const { chunk, operation } of staged?.chunks ?? []) {
    // An update only names records that exist.
    if (operation === 'update' || operation === 'delete') continue
    const columns = columnsOf(plan, operation)
    for (let attempt = 1; ; attempt += 1) {
      const place = { runId, chunk, attempt, operation }
      const settled = await settledBefore(store, place)
      if (settled === undefined) {
        await visitUnsettled(store, place, plan, visit)
        break
      }
      await visitSettled(store, place, columns, visit, settled.tally.inDoubt > 0)
      if (settled.resend === 0) break
    }
  }
}

const columnsOf = (plan: SyncPlan, operation: Operation): readonly string[] =>
  wireColumns(plan, operation).map(({ name }) => name)

async function visitSettled(
  store: RunStore,
  place: OperationAttempt,
  columns: readonly string[],
  visit: Visitor,
  hasDoubts: boolean,
): Promise<void> {
  const files = chunkFiles(place.chunk, place.attempt)
  const doubtful = new Set<number>()
  const parts = new ResultParts()
  for await (const lines of storedRecords(store, files.results)) {
    for (let at = 0; at < lines.count; at++) {
      const { outcome, outcomeEnd, idEnd, start } = parts.read(lines, at)
      if (isSuccess({ outcome })) visit.id(lines.bytes.toString('latin1', outcomeEnd + 1, idEnd))
      if (outcome === 'in_doubt') doubtful.add(leadingNumber(lines.bytes, start))
    }
  }
  if (!hasDoubts) return
  let index = 0
  for await (const pairs of pairedLines(store, files.rows, files.csv)) {
    for (const [[row], cells] of pairs) {
      if (doubtful.has(Number(row))) visit.open({ place, index, cells, columns, isPending: false })
      index += 1
    }
  }
}

async function visitUnsettled(store: RunStore, place: OperationAttempt, plan: SyncPlan, visit: Visitor): Promise<void> {
  const columns = columnsOf(plan, place.operation)
  const files = chunkFiles(place.chunk, place.attempt)
  const isCommitted = (await committedJob(store, place)) !== undefined
  const journal = await RequestJournal.open(store, files.journal)
  if (!isCommitted && journal.isEmpty) return
  const records = await readRecords(store, place)
  const states = await journalStates(journal, records.length, plan)
  for (const [index, cells] of records.entries()) {
    const state = states.get(index)
    const id = idOf(state)
    if (id !== undefined) visit.id(id)
    else if (isCommitted || state?.kind === 'undecided')
      visit.open({ place, index, cells, columns, isPending: isCommitted })
    else if (state?.kind === 'open') visit.open({ place, index, cells, columns, isPending: true, intent: state.intent })
  }
}

function idOf(state: JournalState | undefined): string | undefined {
  if (state?.kind === 'found') return state.id
  return state?.kind === 'answered' && state.result.success ? state.result.id : undefined
}

/** Runs read at the same time. */
const CONCURRENT_READS = 16

/** A run of the run store that may have written records of the same object as the same user. */
type OtherRun = { readonly runId: string; readonly store: RunStore; readonly run: PlannedRun }

/** Visits what the other runs have written, or may have written, since `since`, epoch milliseconds. */
export async function visitOtherRuns(
  stores: RunStores,
  ownRunId: string,
  own: PlannedRun,
  since: number,
  visit: ClaimVisitor,
): Promise<void> {
  for (const { runId, store, run } of await otherRuns(stores, ownRunId, own, since)) {
    await visitClaims(store, runId, run, visit).catch(unlessDamaged)
  }
}

/** A run that was removed meanwhile, or whose files are damaged, accounts for nothing; it must not stop this one. */
function unlessDamaged(error: unknown): undefined {
  const isDamaged = error instanceof RunFileMissingError || error instanceof SyntaxError || error instanceof RangeError
  if (!isDamaged) throw error
}

async function otherRuns(
  stores: RunStores,
  ownRunId: string,
  own: PlannedRun,
  since: number,
): Promise<readonly OtherRun[]> {
  const found: OtherRun[] = []
  const read = async (runId: string) => {
    const store = stores.open(runId)
    const run = await readJsonIfThere<PlannedRun>(store, PLAN_FILE).catch(unlessDamaged)
    if (run === undefined || !mayWriteSame(run, own)) return
    if (!(await endedBefore(store, since))) found.push({ runId, store, run })
  }
  let reading: Promise<void>[] = []
  for await (const runId of stores.runIds()) {
    if (runId === ownRunId) continue
    reading.push(read(runId))
    if (reading.length < CONCURRENT_READS) continue
    await Promise.all(reading)
    reading = []
  }
  await Promise.all(reading)
  return found
}

const mayWriteSame = (one: PlannedRun, other: PlannedRun): boolean =>
  one.plan.object === other.plan.object &&
  one.userId === other.userId &&
  (one.spec.connection === other.spec.connection || (one.instanceUrl ?? '') === other.instanceUrl)

/** Clocks of workers may differ by this time. */
const CLOCK_MARGIN = 3_600_000
/** A run that failed or was cancelled may leave a job that the org processes for a day at most. */
const UNFINISHED_MARGIN = 24 * 3_600_000

/** Whether the run has ended, and no workflow executes it again. */
async function endedBefore(store: RunStore, since: number): Promise<boolean> {
  const report = await readJsonIfThere<RunReport>(store, REPORT_FILE).catch(unlessDamaged)
  if (report === undefined) return false
  const isFinished = report.outcome === 'completed' || report.outcome === 'completed_with_rejected'
  const finishedAt = Date.parse(`${report.finishedAt}Z`)
  if (!(finishedAt < since - (isFinished ? CLOCK_MARGIN : UNFINISHED_MARGIN))) return false
  const paths = await store.list(EXECUTIONS_FOLDER)
  for (const path of paths.filter(one => one.endsWith('.started.json'))) {
    const started = await readJsonIfThere<{ readonly startedAt: string }>(store, path).catch(unlessDamaged)
    if (started === undefined || Date.parse(`${started.startedAt}Z`) > finishedAt) return false
  }
  return true
}

import { ErrorCounter, rejectionsOf } from '../../results/errorCounts.ts'
import type { Dependencies, Step } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { MATCHED_FILE, PLANNED_FILE, STAGED_FILE, sortedFolder } from '../layout.ts'
import { type PlannedRun, readJson, readJsonIfThere, readPlan, type StagedRun, writeJson } from '../runRecords.ts'
import type { MatchedRecords, StagedChunk } from '../staged.ts'
import { matchChunks } from './chunkMatches.ts'
import type { MatchPhase } from './compare/comparedFiles.ts'
import { compareRecords } from './compare/compareRecords.ts'
import { chunkGroups, keyFilesOf, recordsIn } from './keyedChunks.ts'
import type { MatchedRun } from './matchedRun.ts'
import { MATCH_LIMITS, type MatchLimits } from './matchLimits.ts'
import { searchOrg } from './search/orgSearch.ts'
import { searchesOf } from './search/searches.ts'

export type MatchRecordsInput = {
  readonly runId: string
  /** Whether the verdicts are written, and no chunk. @default false */
  readonly plans?: boolean
}

/**
 * Finds the records of the org that the records of a run mean, once for the whole run, and writes its chunks as they will be sent. A run that
 * compares reads the values that the org holds too.
 */
export async function matchRecords(
  { connection, runStore }: Pick<Dependencies, 'connection' | 'runStore'>,
  { runId, plans = false }: MatchRecordsInput,
  step: Step,
  limits: MatchLimits = MATCH_LIMITS,
): Promise<MatchedRecords> {
  const store = runStore(runId)
  const marker = plans ? PLANNED_FILE : MATCHED_FILE
  const before = () => readJsonIfThere<MatchedRecords>(store, marker)
  const done = await before()
  if (done !== undefined) return done
  const run = await readPlan(store)
  const { chunks } = await readJson<StagedRun>(store, STAGED_FILE)
  const phase = phaseOf(run, plans)
  const matching = { salesforce: connection(run.spec.connection), store, run, phase, step, limits }
  try {
    const matched = await (run.plan.compares === true ? compareRecords(matching, chunks) : findIds(matching, chunks))
    await writeJson(store, marker, matched)
    await removeSorted(store, plans)
    return matched
  } catch (error) {
    // Another attempt that ended meanwhile has removed the files that this one reads.
    const other = await before()
    if (other === undefined) throw error
    return other
  }
}

/** Removes the sorted records, also those of attempts that ended early. */
async function removeSorted(store: RunStore, plans: boolean): Promise<void> {
  for (const path of await store.list(sortedFolder(plans ? 'plan' : 'match'))) await store.remove(path)
}

function phaseOf({ isPlan }: PlannedRun, plans: boolean): MatchPhase {
  if (plans) return 'plan'
  return isPlan ? 'apply' : 'load'
}

/** Finds the Ids of updates and deletes. Throws a RangeError for a plan without a key field: its records are not searched for. */
async function findIds(
  { salesforce, store, run, step, limits }: MatchedRun,
  staged: readonly StagedChunk[],
): Promise<MatchedRecords> {
  const chunks = staged.filter(({ operation }) => operation === 'update' || operation === 'delete')
  const { object } = run.plan
  const [search] = searchesOf(run.plan)
  if (search === undefined) throw new RangeError('The plan of the run has no key field')
  const { keys } = search
  const paths: readonly string[] = []
  const files = keyFilesOf(chunks)
  const found = await searchOrg({ ...search, salesforce, store, folder: 'match', object, paths, files, limits, step })
  const errors = new ErrorCounter()
  const left: StagedChunk[] = []
  for (const group of chunkGroups(chunks, limits.joinedRecords)) {
    left.push(...(await matchChunks({ store, run, keys, found, errors, step }, group)))
  }
  const rejected = recordsIn(chunks) - recordsIn(left)
  const searches = [{ field: keys.map(({ name }) => name).join(', '), by: found.by, keys: recordsIn(chunks) }]
  return { rejected, rejections: rejectionsOf(errors), searches, chunks: left }
}

import { identifyingField } from '../../plan/syncPlan.ts'
import { ErrorCounter, rejectionsOf } from '../../results/errorCounts.ts'
import type { Dependencies, Step } from '../../step.ts'
import { MATCHED_FILE, STAGED_FILE } from '../layout.ts'
import { type PlannedRun, readJson, readMatched, readPlan, type StagedRun, writeJson } from '../runRecords.ts'
import type { MatchedRecords, StagedChunk } from '../staged.ts'
import { matchChunks } from './chunkMatches.ts'
import { chunkGroups, recordsIn } from './keyedChunks.ts'
import { searchOrg } from './orgSearch.ts'
import { SEARCH_LIMITS, type SearchLimits } from './searchPages.ts'

export type MatchRecordsInput = {
  readonly runId: string
  /** Whether the verdicts are written, and no chunk. @default false */
  readonly plans?: boolean
}

export type MatchLimits = SearchLimits & {
  /** Records whose keys are in memory at a time, in about 36 MB. The records found are read once for each so many of them. */
  readonly joinedRecords: number
}

export const MATCH_LIMITS: MatchLimits = { ...SEARCH_LIMITS, joinedRecords: 800_000 }

/** Finds the records that an update by a key field changes, once for the whole run, and writes its chunks as they will be sent. */
export async function matchRecords(
  { connection, runStore }: Pick<Dependencies, 'connection' | 'runStore'>,
  { runId }: MatchRecordsInput,
  step: Step,
  limits: MatchLimits = MATCH_LIMITS,
): Promise<MatchedRecords> {
  const store = runStore(runId)
  const done = await readMatched(store)
  if (done !== undefined) return done
  const run = await readPlan(store)
  const { chunks: staged } = await readJson<StagedRun>(store, STAGED_FILE)
  const chunks = staged.filter(({ operation }) => operation === 'update')
  const key = keyOf(run)
  const { object } = run.plan
  const salesforce = connection(run.spec.connection)
  const found = await searchOrg({ salesforce, store, object, key, chunks, limits, step })
  const errors = new ErrorCounter()
  const left: StagedChunk[] = []
  for (const group of chunkGroups(chunks, limits.joinedRecords)) {
    left.push(...(await matchChunks({ store, run, key, found, errors, step }, group)))
  }
  const rejected = recordsIn(chunks) - recordsIn(left)
  const matched: MatchedRecords = { rejected, rejections: rejectionsOf(errors), chunks: left }
  await writeJson(store, MATCHED_FILE, matched)
  return matched
}

/** The field as the plan has it. Throws a RangeError for a plan without one: its records are not searched for. */
function keyOf({ plan }: PlannedRun) {
  const key = identifyingField(plan, 'update')?.target
  if (key === undefined) throw new RangeError('The plan of the run has no key field')
  return key
}

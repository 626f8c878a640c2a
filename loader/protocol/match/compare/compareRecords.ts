// A run that compares: what the org holds of its records decides what is sent, and shows what would change.
import { readPaths } from '../../../plan/comparedFields.ts'
import { isSearched } from '../../../plan/syncPlan.ts'
import { ErrorCounter, rejectionsOf } from '../../../results/errorCounts.ts'
import { chunkLimit } from '../../stage/chunkWriter.ts'
import { isGrouped } from '../../stage/lanes.ts'
import type { MatchedRecords, SearchMade, StagedChunk } from '../../staged.ts'
import { keyFilesOf, recordsIn } from '../keyedChunks.ts'
import type { MatchedRun } from '../matchedRun.ts'
import { findMissing } from '../missingRecords.ts'
import { searchOrg } from '../search/orgSearch.ts'
import { searchesOf } from '../search/searches.ts'
import type { Comparing } from './comparedChunk.ts'
import { compareChunks } from './comparedChunks.ts'
import { ComparisonCounts } from './comparisonCounts.ts'
import { Packs } from './packs.ts'
import { planCreates } from './plannedCreates.ts'

/** Compares all chunks of a run, and writes what will be sent of them, or what would be. A run that was planned sends what changes. */
export async function compareRecords(matching: MatchedRun, chunks: readonly StagedChunk[]): Promise<MatchedRecords> {
  const { salesforce, store, run, phase, step, limits } = matching
  const { spec, plan } = run
  const { object } = plan
  const sendsAll = spec.send === 'all' && phase === 'load'
  const isWhole = sendsAll && plan.existing === undefined
  const packs = new Packs(store, plan, isWhole ? undefined : chunkLimit(spec, plan, isGrouped(spec, plan)))
  const [counts, errors] = [new ComparisonCounts(), new ErrorCounter()]
  const folder = phase === 'plan' ? 'plan' : 'match'
  const comparing: Comparing = { store, run, phase, sendsAll, packs, counts, errors, step }
  const searched = chunks.filter(({ operation }) => isSearched(plan, operation))
  const searches: SearchMade[] = []
  try {
    for (const { operations, ...search } of searchesOf(plan)) {
      const own = searched.filter(({ operation }) => operations.includes(operation))
      if (own.length === 0) continue
      const values = { ...search, paths: readPaths(plan, operations) }
      const files = keyFilesOf(own)
      const found = await searchOrg({ ...values, salesforce, store, folder, object, files, limits, step })
      searches.push({ field: search.keys.map(({ name }) => name).join(', '), by: found.by, keys: recordsIn(own) })
      await compareChunks(comparing, { ...values, folder, found }, own, limits.comparedRecords)
    }
    for (const chunk of chunks) {
      if (isSearched(plan, chunk.operation)) continue
      // The org is not asked about plain creates, so they are as they were planned.
      if (phase === 'apply') counts.add('create', chunk.records)
      else await planCreates(comparing, chunk)
    }
    const missing = plan.missing && (await findMissing(matching, plan.missing, folder, searched))
    if (missing !== undefined && missing.missing.chunks.length > 0) {
      await compareChunks(comparing, missing.values, missing.missing.chunks, limits.comparedRecords)
      searched.push(...missing.missing.chunks)
    }
    const left = phase === 'plan' ? [] : await packs.finish(searched)
    const { compared } = counts
    const rejected = compared.verdicts.rejected + compared.verdicts.ambiguous
    const found = missing === undefined ? {} : { missing: missing.missing }
    return { rejected, rejections: rejectionsOf(errors), searches, chunks: left, compared, ...found }
  } catch (error) {
    await packs.discard()
    throw error
  }
}

import { lookupSearches } from '../../plan/lookupSearches.ts'
import type { Dependencies, Step } from '../../step.ts'
import { recordsIn } from '../match/keyedChunks.ts'
import { MATCH_LIMITS, type MatchLimits } from '../match/matchLimits.ts'
import { searchOrg } from '../match/search/orgSearch.ts'
import { readPlan } from '../runRecords.ts'
import { lookupValuesOf, readScanned } from '../scan/scannedSource.ts'
import type { ParentSearch } from '../staged.ts'

/**
 * A query job reads the whole object, 250,000 records a call, and takes fewer calls than lists sooner than for the records of a run: 20,000 names
 * take 40 to 60 lists, and 20 calls of a job among four million records. Only records with one of the keys are kept.
 */
const LOOKUP_LIMITS: MatchLimits = {
  ...MATCH_LIMITS,
  ...{ jobKeys: 8_000, jobRatio: 200, keptRatio: 0 },
  mostFound: 1_000_000,
}

/** How the parents were found. */
export type FoundParents = { readonly searches: readonly ParentSearch[] }

/** Finds the parents of the records of a run in the org, once for the whole run. Their Ids stay in the run store. */
export async function findParents(
  { connection, runStore }: Pick<Dependencies, 'connection' | 'runStore'>,
  { runId }: { readonly runId: string },
  step: Step,
  limits: MatchLimits = LOOKUP_LIMITS,
): Promise<FoundParents> {
  const store = runStore(runId)
  const { spec, plan } = await readPlan(store)
  const scanned = await readScanned(store)
  const { folder } = scanned
  const salesforce = connection(spec.connection)
  const searches: ParentSearch[] = []
  for (const { place, searched, paths } of lookupSearches(plan)) {
    const { name: object, by: keys, where } = searched
    const { files } = lookupValuesOf(scanned, place)
    step.heartbeat({ searching: object })
    const search = { salesforce, store, folder, place, object, keys, paths, files, limits, step }
    const { by } = await searchOrg(where === undefined ? search : { ...search, where })
    searches.push({ object, field: keys.map(({ name }) => name).join(', '), by, keys: recordsIn(files) })
  }
  return { searches }
}

// Reads from the org the records that the keys of a run may mean. What was read stays in the run store: a retry continues at the next page, and
// every worker that executes the step joins the same records.
import { LimitReachedError, RequestRejectedError, TemporarilyRejectedError } from '../../../salesforce/errors.ts'
import { apiName, encodeSoql, MAX_QUERY_URI } from '../../../salesforce/soql.ts'
import { RunRejectedError } from '../../../spec/runRejectedError.ts'
import type { Step } from '../../../step.ts'
import { foundFile, searchFiles } from '../../layout.ts'
import { readJsonIfThere } from '../../runRecords.ts'
import { recordsIn } from '../keyedChunks.ts'
import { pagesOfLists } from './listPages.ts'
import { pagesOfJob, type QueryJobPlan } from './queryJobPages.ts'
import { pagesOfScope } from './scopePages.ts'
import { decideOnce, type OrgSearch, selectedPaths } from './searchPages.ts'

/** The files with the records that were found. */
export type FoundRecords = {
  /** CSV with the Id, the key fields and the values. */
  readonly pages: readonly string[]
  /** How the search that decides has read the org. */
  readonly by: SearchPlan['by']
  /** When the org was read, epoch milliseconds. */
  readonly at: number
}

type SearchPlan = { readonly by: 'lists' } | QueryJobPlan

/** Query jobs that a run opens when someone aborts or deletes them. An org allows 10,000 jobs a day. */
const MAX_JOBS = 3

/** Reads the records by `IN` lists or by one query job, whichever costs fewer calls. */
export async function searchOrg(search: OrgSearch): Promise<FoundRecords> {
  const { store, folder, place } = search
  const decision = foundFile(folder, place)
  const decided = await readJsonIfThere<FoundRecords>(store, decision)
  if (decided !== undefined) return decided
  let mayOpenJob = true
  for (let number = 1; ; number += 1) {
    const plan = await planOf(search, number, mayOpenJob)
    // A search that is followed by another has ended without results.
    if ((await store.size(searchFiles(folder, place, number + 1).plan)) !== undefined) continue
    const pages = await pagesOf(search, number, plan)
    if (typeof pages !== 'string')
      return decideOnce<FoundRecords>(store, decision, { pages, by: plan.by, at: Date.now() })
    mayOpenJob = pages !== 'failed' && number < MAX_JOBS
  }
}

function pagesOf(search: OrgSearch, number: number, plan: SearchPlan): ReturnType<typeof pagesOfJob> {
  if (plan.by === 'job') return pagesOfJob(search, number, plan)
  rejectTooLong(search)
  return search.scope === undefined ? pagesOfLists(search, number) : pagesOfScope(search, number)
}

/** How the search reads the org: decided once. */
async function planOf(search: OrgSearch, number: number, mayOpenJob: boolean): Promise<SearchPlan> {
  const { store, folder, place } = search
  const path = searchFiles(folder, place, number).plan
  const before = await readJsonIfThere<SearchPlan>(store, path)
  if (before !== undefined) return before
  const plan = mayOpenJob ? await choosePlan(search) : BY_LISTS
  let decided: SearchPlan | undefined
  try {
    decided = await decideOnce(store, path, plan)
    return decided
  } finally {
    if (decided !== plan && plan.by === 'job') await abandonJob(search, plan)
  }
}

/** Throws RunRejectedError for a search by lists of more fields than the address of a query holds. */
function rejectTooLong(search: OrgSearch): void {
  if (listRoom(search) > 0) return
  const shorter = search.where === undefined ? '' : 'shorten match.where, '
  throw new RunRejectedError(`The search for the ${search.object} records`, [
    `a query of ${selectedPaths(search).length} fields is too long for the REST API, and the org does not answer by a query job of Bulk API 2.0; nothing was sent. ` +
      `Let the integration user use Bulk API 2.0, ${shorter}map fewer fields, or load without send: changed, undo and a plan`,
  ])
}

const BY_LISTS: SearchPlan = { by: 'lists' }

async function choosePlan(search: OrgSearch): Promise<SearchPlan> {
  const { salesforce, object, scope, files, limits, step } = search
  const keys = recordsIn(files)
  const room = listRoom(search)
  if (scope === undefined && keys < limits.jobKeys * room) return BY_LISTS
  const condition = `FROM ${apiName(object)} WHERE ${conditionsOf(search)}`
  try {
    const records = await salesforce.count(`SELECT COUNT() ${condition}`, step.signal)
    if (!isByJob(search, records)) return BY_LISTS
    const { id } = await salesforce.openQueryJob(`SELECT ${selectionOf(search)} ${condition}`, step.signal)
    return { by: 'job', jobId: id, isWhole: scope !== undefined || records <= keys * limits.keptRatio }
  } catch (error) {
    if (isFinal(error, step)) return BY_LISTS
    throw error
  }
}

/** @param records that a job would read */
function isByJob(search: OrgSearch, records: number): boolean {
  const { scope, files, limits } = search
  const isTooLong = listRoom(search) === 0
  if (scope === undefined) return isTooLong || records <= recordsIn(files) * limits.jobRatio
  return isTooLong || records >= limits.jobKeys
}

const selectionOf = (search: OrgSearch): string => selectedPaths(search).map(apiName).join(', ')

/** The conditions of a query job. */
function conditionsOf({ keys, where, scope }: OrgSearch): string {
  if (scope !== undefined) return `(${scope})`
  const named = keys.map(({ name }) => `${apiName(name)} != null`)
  return [...named, ...(where === undefined ? [] : [`(${where})`])].join(' AND ')
}

/** The share of a query that is left for keys; 0 when the fields that are read, and the conditions of the sync, fill it. */
function listRoom(search: OrgSearch): number {
  const taken = encodeSoql(`${selectionOf(search)}${search.scope ?? search.where ?? ''}`).length
  return Math.max(0, 1 - taken / MAX_QUERY_URI)
}

/** Attempts of the step after which a rejection that should pass counts as one that stays. */
const PATIENCE = 5

/**
 * Whether the org does not answer by a job: it may reject to count a huge object, lack Bulk API, or have used it up. Lists take many more calls, so
 * an org that is busy is asked again first.
 */
function isFinal(error: unknown, { attempt }: Step): boolean {
  if (error instanceof RequestRejectedError) return true
  const isPassing = error instanceof TemporarilyRejectedError || error instanceof LimitReachedError
  return isPassing && attempt > PATIENCE
}

/** A job that is not stopped costs nothing but the org's storage for seven days. */
async function abandonJob({ salesforce }: OrgSearch, { jobId }: QueryJobPlan): Promise<void> {
  await salesforce.abortQueryJob(jobId).catch(() => undefined)
}

// The steps before the first write in Salesforce, of a load and of a plan alike: an error here costs nothing.
import { proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import type { PreparedLoad, RunSettings } from '../activities/runSettings.ts'
import type { SourceScan } from '../loader/protocol/scan/scanSource.ts'
import type { MatchedRecords, ParentSearch } from '../loader/protocol/staged.ts'
import { runIdOfWorkflow } from '../packages/client/contract/names.ts'
import type { SkippedRun } from '../packages/client/contract/runReport.ts'
import type { SyncRecordsInput } from '../packages/client/contract/syncRecords.ts'
import { advance, beginStep } from './advance.ts'
import { counted } from './page/markdown.ts'
import { tagBegin } from './page/runTags.ts'
import { asSummary } from './page/summaries.ts'
import { FILES, MATCH, PREPARE } from './policies.ts'
import type { RunningLoad } from './runLeases.ts'
import type { RunState } from './runState.ts'
import { scheduledTime, waitForSource } from './waitForSource.ts'

export const preparation = (summary: string) => proxyActivities<Activities>({ ...PREPARE, summary: asSummary(summary) })
export const files = (summary: string) => proxyActivities<Activities>({ ...FILES, summary: asSummary(summary) })
const matching = (summary: string) => proxyActivities<Activities>({ ...MATCH, summary: asSummary(summary) })

/** A run that applies a plan has the id of the plan. */
export function runIdOf({ runId, plan }: SyncRecordsInput): string {
  const { workflowId, originalExecutionRunId } = workflowInfo()
  return plan ?? runId ?? runIdOfWorkflow(workflowId) ?? originalExecutionRunId
}

/** There is nothing to load, and the sync allows this. */
export type Skipped = { readonly skipped: SkippedRun }

/** Validates the input, the sync, the connection and the mapping, and reads the whole source. */
export async function prepareLoad(input: SyncRecordsInput, run: RunningLoad): Promise<PreparedLoad | Skipped> {
  const { state } = run
  const { runId, plans, flow } = state
  // A plan has its source already.
  const time = input.plan == null ? scheduledTime(input) : undefined
  const prepared = await preparation('validate the input and the sync').prepareRun({
    ...input,
    ...(time === undefined ? {} : { scheduledTime: time }),
    ...(plans && { plans }),
    ...(flow === undefined ? {} : { flow }),
    runId,
    execution: workflowInfo().firstExecutionRunId,
  })
  advance(state, { settings: prepared })
  const missing = await waitForSource(prepared, state, time)
  if (missing !== undefined) return { skipped: missing }
  const { connection, object, title } = prepared
  beginStep(state, `logs in to connection ${connection} and validates the field mapping against ${object}`, {
    stage: 'planning',
  })
  const { scans, ...planned } = await preparation(
    `log in to connection ${connection} and validate the field mapping against ${object}`,
  ).planSync({ runId })
  const settings = { ...prepared, ...planned }
  tagBegin(runId, settings)
  const scan = scans ? await scanOf(settings, state) : {}
  if (scan.skipped !== undefined) return { skipped: scan.skipped }
  const parents = await parentsOf(scan, settings, run)
  beginStep(state, `reads and validates ${title.source}`, { settings, stage: 'staging' })
  const staged = await files(`read and validate ${title.source}, cut it into chunks`).stageSource({
    runId,
    sync: prepared.sync,
  })
  if (staged.skipped !== undefined) return { skipped: staged.skipped }
  return { settings, staged: { ...staged, ...(parents === undefined ? {} : { parents }) } }
}

/** Looks at all records of the source before they are staged. */
async function scanOf(settings: RunSettings, state: RunState): Promise<SourceScan> {
  const { title, sync } = settings
  beginStep(state, `reads ${title.source} for the first time`, { settings, stage: 'staging' })
  return await files(`read ${title.source} for the first time`).scanSource({
    runId: state.runId,
    sync,
    execution: workflowInfo().firstExecutionRunId,
  })
}

/** Searches the org for the parents that values of the source find. */
async function parentsOf(
  { lookups = [] }: SourceScan,
  settings: RunSettings,
  { state, leases }: RunningLoad,
): Promise<readonly ParentSearch[] | undefined> {
  const words = lookups.map(({ object, columns, files: found }) => {
    const values = found.reduce((sum, { records }) => sum + records, 0)
    return `${object} records by ${counted(values, 'value')} of ${columns.join(' and ')}`
  })
  if (words.length === 0) return undefined
  const begin = (step: string) => beginStep(state, step, { settings, stage: 'staging' })
  await leases.take(settings, { what: 'the search for its parents', note: begin })
  begin(`finds ${words.join(', ')}`)
  const { searches } = await matching(`find ${words.join(', ')}`).findParents({ runId: state.runId })
  return searches
}

/** Some records are first searched for in the org: by a key field, or to compare them. A plan also lists creates. undefined for no records. */
export async function matchLoad(
  { settings, staged }: PreparedLoad,
  { state, leases }: RunningLoad,
): Promise<MatchedRecords | undefined> {
  const { runId, plans } = state
  const searched = staged.chunks.filter(({ operation }) => settings.searched.includes(operation))
  if (searched.length === 0 && !plans) return undefined
  const begin = (step: string) => beginStep(state, step, { settings, staged, stage: 'matching' })
  const keys = searched.reduce((sum, { records }) => sum + records, 0)
  // The org is not asked about plain creates.
  const what = keys === 0 ? 'the records to create' : `the records of ${counted(keys, 'key')} in the org`
  if (keys > 0) await leases.take(settings, { what: 'the search for its records', note: begin })
  begin(`finds ${what}`)
  return await matching(`find ${what}`).matchRecords({ runId, ...(plans && { plans }) })
}

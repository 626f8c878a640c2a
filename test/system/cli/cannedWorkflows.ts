// Workflows that answer without an org: the tests check what the command line prints for these answers.
import { condition, defineQuery, setHandler } from '@temporalio/workflow'
import type {
  ConnectionInput,
  ConnectionTest,
  DescribeObjectAnswer,
  DescribeObjectInput,
  ObjectsAnswer,
  VersionsAnswer,
} from '../../../packages/client/contract/inspection.ts'
import type { PruneRunsAnswer, PruneRunsInput } from '../../../packages/client/contract/maintenance.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import type { SyncProgress, SyncRecordsInput } from '../../../packages/client/contract/syncRecords.ts'

const ORG = { id: '00D000000000001EAA', name: 'Acme', isSandbox: true }
const USER = { id: '005000000000001AAA', name: 'Loader', username: 'loader@acme.com' }
const instanceUrl = 'https://acme.my.salesforce.com'

export async function testConnection({ connection }: ConnectionInput): Promise<ConnectionTest> {
  const apiCalls = { used: 200, limit: 15_000, left: 14_800 }
  const warnings = ['Connection production: the flow password is retired.']
  return {
    connection,
    instanceUrl,
    apiVersion: '67.0',
    organization: ORG,
    user: USER,
    latency: 41.7,
    clockOffset: 0,
    apiCalls,
    warnings,
  }
}

export async function fetchVersions({ connection }: ConnectionInput): Promise<VersionsAnswer> {
  return { connection, instanceUrl, versions: [{ label: "Winter '27", version: '67.0' }], inUse: '67.0' }
}

export async function listObjects({ connection }: ConnectionInput): Promise<ObjectsAnswer> {
  const contact = { name: 'Contact', label: 'Contact', createable: true, updateable: false, custom: false }
  return { connection, objects: [contact] }
}

export async function describeObject({
  connection,
  object,
  field,
}: DescribeObjectInput): Promise<DescribeObjectAnswer> {
  const flags = { required: true, createable: true, updateable: true, externalId: false, unique: false }
  const values = ['Web', 'Phone', 'Mail', 'Fair', 'Partner', 'Campaign', 'Other'].map(value => ({ value }))
  const fields = [
    { name: 'LastName', label: 'Last Name', type: 'string', length: 80, ...flags, referenceTo: [] },
    {
      ...{ name: 'AccountId', label: 'Account ID', type: 'reference', length: 18, ...flags, required: false },
      ...{ referenceTo: ['Account'], relationshipName: 'Account' },
    },
    {
      ...{ name: 'LeadSource', label: 'Lead Source', type: 'picklist', length: 0, ...flags, required: false },
      ...{ referenceTo: [], picklist: { restricted: true, values, count: values.length } },
    },
  ].filter(({ name }) => field == null || name === field)
  const recordTypes = [{ id: '012', developerName: 'Partner', name: 'Business Partner' }]
  return {
    connection,
    object,
    label: 'Contact',
    createable: true,
    updateable: true,
    deletable: false,
    recordTypes,
    fields,
  }
}

export async function pruneRuns({ dryRun, retention, retentionUnfinished }: PruneRunsInput): Promise<PruneRunsAnswer> {
  const removed = [`retention-${retention}`, `unfinished-${retentionUnfinished}`]
  return {
    location: '/srv/runs',
    dryRun: dryRun ?? false,
    removedCount: 1_200,
    removed,
    working: ['nightly.slow'],
    kept: 7,
  }
}

/** The operation decides the outcome: create completes, update has rejected records; maxRejected 1 waits for cancellation. */
export async function syncRecords({ spec, runId: given }: SyncRecordsInput): Promise<RunReport> {
  const runId = given ?? ''
  const tally = { created: 1_200, updated: 0, deleted: 0, unchanged: 0, failed: 0, inDoubt: 0 }
  setHandler(defineQuery<SyncProgress>('progress'), () => ({
    ...{ runId, stage: 'sending', records: 3_000, settled: 1_200, chunks: 3, chunksDone: 1 },
    ...tally,
  }))
  if (spec?.['maxRejected'] === 1) await condition(() => false)
  return reportOf(runId, JSON.stringify(spec), spec?.['operation'] === 'update')
}

function reportOf(runId: string, spec: string, rejected: boolean): RunReport {
  const example = {
    errorCode: 'STRING_TOO_LONG',
    count: 12,
    exampleRow: 7,
    exampleMessage: 'Last Name: data value too large',
  }
  return {
    ...{
      runId,
      outcome: rejected ? 'completed_with_rejected' : 'completed',
      connection: 'production',
      object: 'Contact',
    },
    ...{ operation: 'create', engine: 'bulk', records: 3_000 },
    tally: {
      created: rejected ? 2_988 : 3_000,
      updated: 0,
      deleted: 0,
      unchanged: 0,
      failed: rejected ? 12 : 0,
      inDoubt: 0,
    },
    errors: rejected ? [example] : [],
    files: { results: `runs/${runId}/results.csv`, report: `runs/${runId}/report.json` },
    ...{ startedAt: '2026-11-25T10:00:00', finishedAt: '2026-11-25T10:01:00', warnings: [`spec ${spec}`] },
  }
}

/** A plan that was started before there was a worker: it ends at once. */
export async function planRecords(): Promise<void> {}

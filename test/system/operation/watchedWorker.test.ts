// The data that a worker gives an operator: metrics, with the dashboard and the alerts over them, traces and the log.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import { type Series, samplesOf, selectorsOf } from './promQl.ts'
import { shownExpressions } from './shownExpressions.ts'
import { type CollectedSpan, startTraceCollector, type TraceCollector } from './traceCollector.ts'
import { startWatchedWorker, type WatchedWorker } from './watchedWorker.ts'

const SYNCS = `  nightly:
    connection: production
    object: Contact
    operation: { column: action }
    source: { uri: "file:data/nightly.csv" }
    keyField: Email
    fields: { LastName: last_name, Email: email }
    identityFields: [email]
    engine: bulk
    resend: { delay: 20ms }
  weekly:
    connection: production
    object: Account
    operation: create
    source: { uri: "file:data/weekly.csv" }
    fields: { Name: name }
    engine: collections
    resend: { lostAnswerWait: 0s }
`

/** A value of a record, searched for where no value may be. */
const VALUE = 'barr-at-example'

let worker: WatchedWorker
let collector: TraceCollector
let nightly: RunReport
let weekly: RunReport
let samples: readonly Series[]

beforeAll(async () => {
  collector = await startTraceCollector()
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '50' }
  worker = await startWatchedWorker({ syncs: SYNCS, environment })
  await worker.source(
    'nightly.csv',
    `action,last_name,email\ncreate,Frank,frank@example.com\ncreate,Barr,${VALUE}\ncreate,Rose,rose@example.com\n` +
      'update,Doe,unknown@example.com\nremove,Foe,foe@example.com\n',
  )
  await worker.source('weekly.csv', 'name\nAcme\nGlobex\n')
  const locked = { type: 'lockRows', match: { field: 'LastName', value: 'Rose' } } as const
  worker.org.faults.add({ match: { method: 'JOB' }, fault: locked, times: 1 })
  nightly = await worker.load('1', { sync: 'nightly' })
  worker.org.faults.add({ match: { operation: 'collectionCreate' }, fault: { type: 'cutAfter' }, times: 1 })
  weekly = await worker.load('1', { sync: 'weekly' })
  await worker.load('2', { sync: 'weekly', spec: { source: { uri: 'file:data/absent.csv' } } }).catch(() => undefined)
  await worker.load('3', { sync: 'nightly', spec: { maxRejected: 0 } }).catch(() => undefined)
  const late = { source: { uri: 'file:data/absent.csv', missing: 'skip' } }
  await worker.load('4', { sync: 'weekly', spec: late })
  samples = samplesOf(await worker.scrape())
})
afterAll(async () => {
  await worker?.close()
  await collector?.close()
})

function sum(metric: string, labels: Readonly<Record<string, string>> = {}): number {
  const fitting = samples.filter(
    sample =>
      sample.metric === metric && Object.entries(labels).every(([name, value]) => sample.labels[name] === value),
  )
  return fitting.reduce((total, { value }) => total + value, 0)
}

const settled = (sync: string) => ({
  created: sum('sflink_records_settled_total', { sync, outcome: 'created' }),
  updated: sum('sflink_records_settled_total', { sync, outcome: 'updated' }),
  deleted: sum('sflink_records_settled_total', { sync, outcome: 'deleted' }),
  unchanged: sum('sflink_records_settled_total', { sync, outcome: 'unchanged' }),
  failed: sum('sflink_records_settled_total', { sync, outcome: 'failed' }),
  inDoubt: sum('sflink_records_settled_total', { sync, outcome: 'in_doubt' }),
})

test('counts records as the reports do', () => {
  expect(nightly.tally).toEqual({ created: 2, updated: 0, deleted: 0, unchanged: 0, failed: 3, inDoubt: 0 })
  expect(settled('nightly')).toEqual(nightly.tally)
  expect(settled('weekly')).toEqual(weekly.tally)
  expect(weekly.tally.created + weekly.tally.inDoubt).toBe(2)
  expect(sum('sflink_records_settled_total', { operation: 'create', object: 'Contact' })).toBe(2)
  expect(sum('sflink_records_resent_total', { sync: 'nightly' })).toBe(1)
})

test('counts each run once, by its outcome', () => {
  expect(sum('sflink_runs_ended_total', { sync: 'nightly', outcome: nightly.outcome })).toBe(1)
  expect(sum('sflink_runs_ended_total', { sync: 'weekly', outcome: weekly.outcome })).toBe(1)
  expect(sum('sflink_runs_ended_total', { outcome: 'failed' })).toBe(2)
  expect(sum('sflink_runs_ended_total', { sync: 'weekly', outcome: 'skipped' })).toBe(1)
  expect(sum('sflink_runs_ended_total')).toBe(5)
  const completed = sum('sflink_last_completed_timestamp_seconds', { sync: 'nightly' })
  expect(completed).toBeGreaterThanOrEqual(Date.parse(`${nightly.finishedAt}Z`) / 1000)
})

test('counts requests, lost answers and the API budget as the org does', () => {
  const { apiCalls } = worker.org.stats()
  expect(sum('sflink_salesforce_api_calls_limit') - sum('sflink_salesforce_api_calls_left')).toBe(apiCalls)
  expect(sum('sflink_salesforce_lost_answers_total', { method: 'POST' })).toBe(1)
  expect(sum('sflink_salesforce_requests_total', { status: 'lost' })).toBe(1)
  expect(sum('sflink_job_wait_seconds_count', { sync: 'nightly' })).toBe(2)
  expect(sum('sflink_step_seconds_count', { step: 'settleChunk' })).toBe(2)
})

test('labels contain no run, no record and no Id', () => {
  const own = samples.filter(({ metric }) => metric.startsWith('sflink_'))
  const labels = new Set(own.flatMap(sample => Object.keys(sample.labels)))
  labels.delete('le')
  expect([...labels].sort()).toEqual([
    'connection',
    'method',
    'object',
    'operation',
    'outcome',
    'status',
    'step',
    'sync',
  ])
  expect(own.length).toBeLessThan(400)
})

test('the dashboard and the alert rules use existing series and labels', async () => {
  const missing = (await shownExpressions()).flatMap(([where, expr]) => {
    const selectors = selectorsOf(expr)
    expect(selectors, where).not.toHaveLength(0)
    return selectors
      .filter(({ metric, labels, equal }) => {
        // An outcome without a record has no series.
        const { outcome: _, ...values } = equal
        const fits = (s: Series) => Object.entries(values).every(([name, value]) => s.labels[name] === value)
        return !samples.some(s => s.metric === metric && labels.every(name => name in s.labels) && fits(s))
      })
      .map(selector => ({ where, ...selector }))
  })
  expect(missing).toEqual([])
})

test('every metric of Salesforce Link is on the dashboard', async () => {
  const shown = new Set((await shownExpressions()).flatMap(([, expr]) => selectorsOf(expr).map(({ metric }) => metric)))
  const own = new Set(samples.map(({ metric }) => metric).filter(metric => metric.startsWith('sflink_')))
  const hidden = [...own].filter(metric => !shown.has(metric)).map(metric => metric.replace(/_(bucket|sum|count)$/, ''))
  const families = new Set([...shown].map(metric => metric.replace(/_(bucket|sum|count)$/, '')))
  expect(hidden.filter(metric => !families.has(metric))).toEqual([])
})

const lines = (msg: string) => worker.log.filter(line => line['msg'] === msg)

test('the log reports the end of each run once, with its counts or its failure', async () => {
  // The log follows the end of a run by a moment.
  await vi.waitFor(() => expect(lines('Run ended')).toHaveLength(3), { timeout: 10_000 })
  expect(lines('Run ended')).toMatchObject([
    { level: 30, run: 'nightly.1', sync: 'nightly', connection: 'production', object: 'Contact', ...nightly.tally },
    { level: 30, run: 'weekly.1', sync: 'weekly', records: 2, outcome: weekly.outcome },
    { level: 30, run: 'weekly.4', records: 0, outcome: 'skipped' },
  ])
  const [absent, rejected, ...more] = lines('Run failed')
  expect(more).toEqual([])
  const words = expect.stringContaining('there is no file')
  expect(absent).toMatchObject({ level: 50, run: 'weekly.2', failure: { type: 'SourceFileError', message: words } })
  expect(rejected).toMatchObject({
    run: 'nightly.3',
    failure: { message: expect.stringMatching(/maxRejected allows 0; nothing was sent\. All of them are in/) },
  })
  const reported = worker.log.filter(line => JSON.stringify(line).includes('there is no file'))
  expect(reported).toHaveLength(1)
})

test('the log lines of a retried activity name its run, sync, chunk and connection', () => {
  expect(lines('Activity failed')).toMatchObject([
    {
      level: 40,
      activityType: 'sendChunk',
      run: 'weekly.1',
      sync: 'weekly',
      chunk: 1,
      connection: 'production',
      attempt: 1,
    },
  ])
})

test('the log is JSON without record values and without secrets', () => {
  const text = JSON.stringify(worker.log)
  for (const value of [VALUE, 'frank@example.com', worker.org.credentials.clientSecret])
    expect(text).not.toContain(value)
  expect(worker.log.filter(line => 'line' in line)).toEqual([])
})

const attribute = (span: CollectedSpan | undefined, name: string) =>
  Object.values(span?.attributes.find(({ key }) => key === name)?.value ?? {})[0]

test('a trace contains the run, its activities and their requests to Salesforce', async () => {
  // The last run's spans may not have arrived yet.
  await vi.waitUntil(() => collector.spans.filter(({ name }) => name === 'RunWorkflow:syncRecords').length >= 4, 10_000)
  const run = collector.spans.find(
    span => span.name === 'RunWorkflow:syncRecords' && attribute(span, 'workflowId') === 'sync/nightly/1',
  )
  const trace = collector.spans.filter(({ traceId }) => traceId === run?.traceId)
  const names = new Set(trace.map(({ name }) => name))
  for (const step of ['planSync', 'stageSource', 'uploadChunk', 'commitChunk', 'settleChunk', 'aggregateResults']) {
    expect(names).toContain(`RunActivity:${step}`)
  }
  const upload = trace.find(({ name }) => name === 'PUT /services/data/v{version}/jobs/ingest/{id}/batches')
  expect(trace.find(({ spanId }) => spanId === upload?.parentSpanId)?.name).toBe('RunActivity:uploadChunk')
  expect(attribute(upload, 'http.response.status_code')).toBe(201)
  expect(attribute(upload, 'sflink.connection')).toBe('production')
  expect(trace.filter(({ status }) => status.code === 2)).toEqual([])
})

test('a trace shows failures and lost answers, without stacks, records, job Ids and secrets', () => {
  const failed = collector.spans.filter(({ status }) => status.code === 2)
  expect(failed.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['RunActivity:stageSource', 'POST /services/data/v{version}/composite/sobjects']),
  )
  const text = collector.bodies.join()
  expect(text).not.toContain('exception.stacktrace')
  for (const value of [VALUE, 'frank@example.com', worker.org.credentials.clientSecret, '00D']) {
    expect(text).not.toContain(value)
  }
  expect(collector.spans.filter(({ name }) => /\/[a-zA-Z0-9]{18}/.test(name))).toEqual([])
})

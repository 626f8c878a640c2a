import { setTimeout as pause } from 'node:timers/promises'
import type { RecordBytes } from '../../../csv/recordBytes.ts'
import { KeyFilter } from '../../../matching/keyFilter.ts'
import { RecordKeys } from '../../../matching/recordKeys.ts'
import { AnswerCutError } from '../../../salesforce/errors.ts'
import { keyFormOf } from '../../../salesforce/keyForms.ts'
import type { QueryJob } from '../../../salesforce/salesforceConnection.ts'
import { unlessGone } from '../../bulk/commitChunk.ts'
import { type SearchPageFiles, searchFiles } from '../../layout.ts'
import { eachKey, keyReaders, recordsIn } from '../keyedChunks.ts'
import {
  type OrgSearch,
  type PageColumns,
  pageColumns,
  readKeys,
  type SearchPage,
  storedPage,
  storePage,
} from './searchPages.ts'

export type QueryJobPlan = {
  readonly by: 'job'
  readonly jobId: string
  /** Whether all records of the object are kept. */
  readonly isWhole: boolean
}

/** `failed`: Salesforce gave up. `gone`: someone aborted or deleted the job. */
type JobEnd = 'failed' | 'gone'

/** Growth of the pause between two polls of a job, and the longest in milliseconds. */
const POLL_FACTOR = 1.5
const MAX_POLL = 15_000

/** Stores the results of a query job page by page. */
export async function pagesOfJob(
  search: OrgSearch,
  number: number,
  plan: QueryJobPlan,
): Promise<readonly string[] | JobEnd> {
  const { store, step } = search
  const pages: string[] = []
  const locators = new Set<string>()
  let newPage: (() => PageFilter) | undefined
  let locator: string | undefined
  for (;;) {
    const files = searchFiles(search.folder, search.place, number).page(pages.length + 1)
    let page = await storedPage(store, files)
    if (page === undefined) {
      if (newPage === undefined) {
        const end = await awaitQueryJob(search, plan)
        if (end !== 'complete') return end
        newPage = await compilePages(search, plan)
      }
      step.heartbeat({ queryJob: plan.jobId, page: pages.length + 1 })
      page = await downloadPage(search, plan, files, locator, newPage()).catch(unlessGone)
    }
    if (page === undefined) return 'gone'
    pages.push(page.file)
    if (page.next === null) return pages
    if (locators.has(page.next)) throw unreadable(plan, 'a page leads back to an earlier page')
    locators.add(page.next)
    locator = page.next
  }
}

function downloadPage(
  { salesforce, store, step }: OrgSearch,
  { jobId }: QueryJobPlan,
  files: SearchPageFiles,
  locator: string | undefined,
  kept: PageFilter,
): Promise<SearchPage> {
  return storePage(store, files, async writer => {
    const { nextLocator, records } = await salesforce.queryJobPage(jobId, locator, step.signal)
    for await (const batch of records) await writer.write(kept(batch))
    return nextLocator
  })
}

/** Polls until the job has ended, and aborts it when the run is cancelled. The job of a worker that stops is read by another. */
async function awaitQueryJob(
  { salesforce, step, limits }: OrgSearch,
  { jobId }: QueryJobPlan,
): Promise<'complete' | JobEnd> {
  const { signal } = step
  try {
    for (let wait = limits.firstPoll; ; wait = Math.min(wait * POLL_FACTOR, MAX_POLL)) {
      // An aborted pause ends with an error of its own; the caller gets its own reason.
      await pause(wait, undefined, { signal }).catch(() => undefined)
      signal.throwIfAborted()
      const job = await salesforce.queryJob(jobId, signal).catch(unlessGone)
      step.heartbeat({ queryJob: jobId, state: job?.state })
      const end = endOf(job)
      if (end !== undefined) return end
    }
  } catch (error) {
    if (step.isCancelled()) await salesforce.abortQueryJob(jobId).catch(() => undefined)
    throw error
  }
}

function endOf(job: QueryJob | undefined): 'complete' | JobEnd | undefined {
  switch (job?.state) {
    case 'JobComplete':
      return 'complete'
    case 'Failed':
      return 'failed'
    case 'Aborted':
    case undefined:
      return 'gone'
    case 'UploadComplete':
    case 'InProgress':
      return undefined
  }
}

const unreadable = ({ jobId }: QueryJobPlan, reason: string): AnswerCutError =>
  new AnswerCutError({
    action: `Download the results of query job ${jobId}`,
    method: 'GET',
    path: `/jobs/query/${jobId}/results`,
    reason,
  })

/** Gives the part of the next records of a page that is stored. */
type PageFilter = (records: RecordBytes) => Buffer

/** Reads the keys, unless all records are stored. Returns what starts a page. */
async function compilePages(search: OrgSearch, plan: QueryJobPlan): Promise<() => PageFilter> {
  const { store, keys: fields, files, step } = search
  const { isWhole } = plan
  const keys = new RecordKeys(fields.map(keyFormOf))
  const known = new KeyFilter(isWhole ? 0 : recordsIn(files))
  if (!isWhole) {
    await eachKey(store, files, step, fields.length, cells => {
      if (keys.read(cells)) known.add(keys.hash)
    })
  }
  const cells = keyReaders(fields.length)
  const isKnown = (bytes: Buffer, start: number, end: number, columns: PageColumns): boolean =>
    keys.read(readKeys(cells, columns, bytes, start, end)) && known.has(keys.hash)
  const pageColumnsOf = (records: RecordBytes): PageColumns => {
    const columns = pageColumns(records, search)
    if (typeof columns === 'string') throw unreadable(plan, `its header lacks ${columns}`)
    return columns
  }
  return () => {
    let columns: PageColumns | undefined
    return records => {
      step.signal.throwIfAborted()
      const header = columns === undefined ? 1 : 0
      columns ??= pageColumnsOf(records)
      const { bytes, count, starts } = records
      if (isWhole) return bytes.subarray(0, starts[count])
      const kept = Buffer.allocUnsafe(starts[count] as number)
      let size = bytes.copy(kept, 0, 0, starts[header])
      for (let index = header; index < count; index++) {
        const [start, next] = [starts[index] as number, starts[index + 1] as number]
        if (isKnown(bytes, start, next - 1, columns)) size += bytes.copy(kept, size, start, next)
      }
      return kept.subarray(0, size)
    }
  }
}

import { present } from '../../packages/client/contract/scalars.ts'
import { createRoutes } from '../http/agents.ts'
import { untilAborted } from '../http/deadline.ts'
import { fetchApiUsage } from './apiUsage.ts'
import { createBlob } from './blobs.ts'
import { createRecords, deleteRecords, updateRecords, upsertRecords } from './collections.ts'
import { findDuplicates } from './duplicates.ts'
import { identify, offeredVersions, orgOrigin } from './identity.ts'
import {
  abortIngestJob,
  closeIngestJob,
  ingestJob,
  ingestResults,
  openIngestJob,
  uploadIngestData,
} from './ingestJobs.ts'
import { queryByKeys } from './keyLookup.ts'
import { describeObject, listObjects } from './objects.ts'
import { openOrg } from './org.ts'
import { queryCount, queryRecords } from './query.ts'
import { abortQueryJob, openQueryJob, queryJob, queryJobPage } from './queryJobs.ts'
import { createOrgRequests } from './requests.ts'
import type { SalesforceConnection } from './salesforceConnection.ts'
import { openingOf, shareSession } from './session.ts'
import type { ConnectionSettings } from './settings.ts'

/** Milliseconds. A run describes the same object several times within seconds; a changed permission is seen a minute later. */
const DESCRIBE_MEMORY = 60_000

/** Milliseconds. The identity of a connection does not change while the process runs. */
const FOREVER = Number.POSITIVE_INFINITY

/**
 * The client of one org. Nothing is sent before the first call. Make one per profile and process, since the token is shared by the
 * calls of one connection, and an org keeps only about five tokens per user valid.
 * Throws TypeError when a URL of the settings is not valid.
 */
export function createSalesforceConnection(settings: ConnectionSettings): SalesforceConnection {
  const routes = createRoutes(settings.proxyFor)
  const session = shareSession(openingOf(settings, routes))
  const requests = createOrgRequests(settings, session, routes)
  const identity = remembered(FOREVER, () => identify(settings, session, requests))
  const opened = remembered(FOREVER, async () => openOrg(await identity(), requests))
  const org = (signal?: AbortSignal) => untilAborted(opened(), signal)
  const describe = shortCache(DESCRIBE_MEMORY, async name => describeObject(await org(), name, settings.name))
  const objects = remembered(DESCRIBE_MEMORY, async () => listObjects(await org()))
  const versions: SalesforceConnection['versions'] = async signal =>
    offeredVersions(settings, requests, await untilAborted(orgOrigin(settings, session), signal), present({ signal }))
  return {
    name: settings.name,
    ...(settings.requestTimeout !== undefined && { requestTimeout: settings.requestTimeout }),
    identity: signal => untilAborted(identity(), signal),
    versions,
    budget: settings.budget ?? {},
    apiUsage: requests.apiUsage,
    readApiUsage: async signal => requests.recentApiUsage() ?? fetchApiUsage(await org(signal), present({ signal })),
    clockOffset: requests.clockOffset,
    readClock: async signal => {
      if (!requests.knowsClock()) await versions(signal)
    },
    objects: signal => untilAborted(objects(), signal),
    describe: (name, signal) => untilAborted(describe(name), signal),
    async *query(soql, signal) {
      yield* queryRecords(await org(signal), soql, present({ signal }))
    },
    async *queryAll(soql, signal) {
      yield* queryRecords(await org(signal), soql, { withDeleted: true, ...present({ signal }) })
    },
    count: async (soql, signal) => queryCount(await org(signal), soql, present({ signal })),
    queryByKeys: async query => queryByKeys(await org(query.signal), query),
    openQueryJob: async (soql, signal) => openQueryJob(await org(signal), soql, present({ signal })),
    queryJob: async (jobId, signal) => queryJob(await org(signal), jobId, present({ signal })),
    queryJobPage: async (jobId, locator, signal) =>
      queryJobPage(await org(signal), jobId, locator, present({ signal })),
    abortQueryJob: async jobId => abortQueryJob(await org(), jobId),
    createRecords: async (name, records, options) => createRecords(await org(options?.signal), name, records, options),
    createBlob: async (name, record, options = {}) => createBlob(await org(options.signal), name, record, options),
    updateRecords: async (name, records, options) => updateRecords(await org(options?.signal), name, records, options),
    upsertRecords: async (name, key, records, options) =>
      upsertRecords(await org(options?.signal), name, key, records, options),
    deleteRecords: async (name, ids, options) => deleteRecords(await org(options?.signal), name, ids, options),
    findDuplicates: async (name, record, signal) => findDuplicates(await org(signal), name, record, signal),
    openIngestJob: async (request, signal) => openIngestJob(await org(signal), request, signal),
    uploadIngestData: async (jobId, csv, bytes, signal) =>
      uploadIngestData(await org(signal), jobId, csv, bytes, signal),
    closeIngestJob: async (jobId, signal) => closeIngestJob(await org(signal), jobId, signal),
    abortIngestJob: async (jobId, signal) => abortIngestJob(await org(signal), jobId, signal),
    ingestJob: async (jobId, signal) => ingestJob(await org(signal), jobId, signal),
    ingestResults: async (jobId, kind, signal) => ingestResults(await org(signal), jobId, kind, signal),
  }
}

/** Caches the result of `load` by key for `milliseconds`; concurrent callers share one call, and failures are not cached. */
function shortCache<Value>(
  milliseconds: number,
  load: (key: string) => Promise<Value>,
): (key: string) => Promise<Value> {
  const entries = new Map<string, { readonly value: Promise<Value>; readonly until: number }>()
  return key => {
    const known = entries.get(key)
    if (known && Date.now() < known.until) return known.value
    const value = load(key)
    entries.set(key, { value, until: Date.now() + milliseconds })
    value.catch(() => entries.delete(key))
    return value
  }
}

/** Like shortCache, for a single value. */
function remembered<Value>(milliseconds: number, load: () => Promise<Value>): () => Promise<Value> {
  const cache = shortCache(milliseconds, load)
  return () => cache('')
}

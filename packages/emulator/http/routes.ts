import { changeJob, createJob, deleteJob, jobInfo, jobResults, listJobs, uploadData } from '../bulk/ingestRoutes.ts'
import {
  changeQueryJob,
  createQueryJob,
  deleteQueryJob,
  queryJobInfo,
  queryJobResults,
} from '../bulk/queryJobRoutes.ts'
import type { Operation } from '../faults/rule.ts'
import { readCollection, readCollectionByBody } from '../rest/collectionReads.ts'
import { createCollection, deleteCollection, updateCollection, upsertCollection } from '../rest/collections.ts'
import { describe, limits, objectInfo, objects, recordCounts, resources } from '../rest/discovery.ts'
import { checkDuplicates } from '../rest/duplicateCheck.ts'
import { query, queryMore } from '../rest/query.ts'
import {
  createRecord,
  deleteRecord,
  readRecordById,
  readRecordByKey,
  updateRecord,
  upsertRecord,
} from '../rest/singleRecord.ts'
import type { Answer } from './answer.ts'
import type { Call } from './call.ts'

/** One resource of the API: the method and the path below `/services/data/vXX.0`, in which `:name` is a parameter. */
type Route = {
  readonly method: string
  readonly path: readonly string[]
  readonly operation: Operation
  readonly handle: (call: Call) => Answer
}

function route(line: string, operation: Operation, handle: (call: Call) => Answer): Route {
  const [method = '', path = ''] = line.split(' ')
  return { method, path: path.split('/').filter(part => part !== ''), operation, handle }
}

/** All resources. When two paths match, the first one applies. */
const ROUTES: readonly Route[] = [
  route('GET /', 'resources', resources),
  route('GET /limits', 'limits', limits),
  route('GET /limits/recordCount', 'limits', recordCounts),
  route('GET /query', 'query', query),
  route('GET /queryAll', 'query', query),
  route('GET /query/:locator', 'queryMore', queryMore),
  route('GET /queryAll/:locator', 'queryMore', queryMore),
  route('GET /sobjects', 'describeGlobal', objects),
  route('GET /sobjects/:object', 'describe', objectInfo),
  route('POST /sobjects/:object', 'create', createRecord),
  route('GET /sobjects/:object/describe', 'describe', describe),
  route('POST /sobjects/:object/Id', 'create', createRecord),
  route('GET /sobjects/:object/:id', 'read', readRecordById),
  route('PATCH /sobjects/:object/:id', 'update', updateRecord),
  route('DELETE /sobjects/:object/:id', 'delete', deleteRecord),
  route('GET /sobjects/:object/:field/:value', 'read', readRecordByKey),
  route('PATCH /sobjects/:object/:field/:value', 'upsert', upsertRecord),
  route('POST /composite/sobjects', 'collectionCreate', createCollection),
  route('PATCH /composite/sobjects', 'collectionUpdate', updateCollection),
  route('DELETE /composite/sobjects', 'collectionDelete', deleteCollection),
  route('GET /composite/sobjects/:object', 'collectionRead', readCollection),
  route('POST /composite/sobjects/:object', 'collectionRead', readCollectionByBody),
  route('PATCH /composite/sobjects/:object/:field', 'collectionUpsert', upsertCollection),
  route('POST /ui-api/predupe', 'duplicateCheck', checkDuplicates),
  route('GET /jobs/ingest', 'ingestList', listJobs),
  route('POST /jobs/ingest', 'ingestCreate', createJob),
  route('GET /jobs/ingest/:job', 'ingestRead', jobInfo),
  route('PATCH /jobs/ingest/:job', 'ingestClose', changeJob),
  route('DELETE /jobs/ingest/:job', 'ingestDelete', deleteJob),
  route('PUT /jobs/ingest/:job/batches', 'ingestUpload', uploadData),
  route('GET /jobs/ingest/:job/:file', 'ingestResults', jobResults),
  route('POST /jobs/query', 'queryJobCreate', createQueryJob),
  route('GET /jobs/query/:job', 'queryJobRead', queryJobInfo),
  route('PATCH /jobs/query/:job', 'queryJobAbort', changeQueryJob),
  route('DELETE /jobs/query/:job', 'queryJobDelete', deleteQueryJob),
  route('GET /jobs/query/:job/results', 'queryJobResults', queryJobResults),
]

function paramsOf(route: Route, parts: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (route.path.length !== parts.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, expected] of route.path.entries()) {
    const part = parts[index] ?? ''
    if (expected.startsWith(':')) params[expected.slice(1)] = part
    else if (expected.toLowerCase() !== part.toLowerCase()) return undefined
  }
  return params
}

export type RouteMatch = { readonly route: Route; readonly params: Readonly<Record<string, string>> }

/** The resource for a method and a path, or the methods of the path: an empty list when the path does not exist. */
export function findRoute(method: string, parts: readonly string[]): RouteMatch | readonly string[] {
  const matches = ROUTES.flatMap(candidate => {
    const params = paramsOf(candidate, parts)
    return params === undefined ? [] : [{ route: candidate, params }]
  })
  const wanted = method === 'HEAD' ? 'GET' : method
  return (
    matches.find(({ route: { method: allowed } }) => allowed === wanted) ?? matches.map(({ route }) => route.method)
  )
}

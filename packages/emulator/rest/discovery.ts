import { type Answer, json } from '../http/answer.ts'
import { type Call, visibleTable } from '../http/call.ts'
import { describeGlobal, describeObject } from '../schema/describe.ts'

/** `GET /services/data/vXX.0`: the resources by name. */
export function resources(call: Call): Answer {
  const root = `/services/data/v${call.apiVersion}`
  const names = ['composite', 'jobs', 'limits', 'query', 'queryAll', 'sobjects']
  return json(200, {
    ...Object.fromEntries(names.map(name => [name, `${root}/${name}`])),
    identity: identityUrl(call),
  })
}

function identityUrl({ origin, state, caller }: Call) {
  return `${origin}/id/${state.organizationId}/${caller.id}`
}

/** `GET /services/data/vXX.0/limits`. */
export function limits(call: Call): Answer {
  const { limits: allowed, statistics } = call.state
  const remaining = Math.max(0, allowed.dailyApiRequests - statistics.apiCalls)
  return json(200, {
    DailyApiRequests: { Max: allowed.dailyApiRequests, Remaining: remaining },
    DailyBulkApiBatches: { Max: 15_000, Remaining: 15_000 },
    DailyBulkV2QueryFileStorageMB: { Max: 976_562, Remaining: 976_562 },
    DailyBulkV2QueryJobs: { Max: 10_000, Remaining: 10_000 },
    DataStorageMB: { Max: 1024, Remaining: 1024 },
    FileStorageMB: { Max: 1024, Remaining: 1024 },
    PermissionSets: { Max: 1500, Remaining: 1499, CreateCustom: { Max: 1000, Remaining: 999 } },
  })
}

/** `GET /services/data/vXX.0/limits/recordCount?sObjects=A,B`: every object with records when no object is named. */
export function recordCounts({ state, query }: Call): Answer {
  const asked = query.get('sObjects')?.split(',')
  const names = asked ?? [...state.org.tables()].map(({ schema }) => schema.name)
  const sObjects = names.flatMap(name => {
    const table = state.org.table(name)
    const count = table === undefined ? 0 : state.org.countLive(name)
    return table === undefined || (asked === undefined && count === 0) ? [] : [{ count, name: table.schema.name }]
  })
  return json(200, { sObjects })
}

// The schema of an emulated org does not change while it runs.
function unlessUnchanged(call: Call, body: () => unknown): Answer {
  const changedAt = Math.floor(call.state.startedAt / 1000) * 1000
  const headers = { 'last-modified': new Date(changedAt).toUTCString(), etag: `"${(changedAt / 1000).toString(16)}"` }
  const since = Date.parse(String(call.headers['if-modified-since'] ?? ''))
  return since >= changedAt ? { status: 304, headers } : json(200, body(), headers)
}

/** `GET /sobjects`. */
export function objects(call: Call): Answer {
  return unlessUnchanged(call, () =>
    describeGlobal(call.state.org.schemas.values(), call.caller.access, call.apiVersion),
  )
}

function described(call: Call) {
  const { schema } = visibleTable(call, call.params['object'] ?? '')
  const recordTypes = call.state.org.recordTypes.of(schema.name)
  const { instanceUrl } = call.state.oauth
  return () => describeObject(schema, call.caller.access, call.apiVersion, { recordTypes, instanceUrl })
}

/** `GET /sobjects/X/describe`. */
export function describe(call: Call): Answer {
  return unlessUnchanged(call, described(call))
}

/** `GET /sobjects/X`. */
export function objectInfo(call: Call): Answer {
  const { fields: _fields, childRelationships: _children, ...rest } = described(call)()
  return json(200, { objectDescribe: rest, recentItems: [] })
}

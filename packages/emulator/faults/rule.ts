/** The condition of a rule. An absent property matches everything; the present ones must all match. */
export type FaultMatch = {
  /** HTTP method. The processing of an ingest job counts as method `JOB` on the job's path. */
  readonly method?: string
  /** The path without its query: a glob (`*` matches anything), or a regular expression. A text that begins with `^` is a regular expression. */
  readonly path?: string | RegExp
  /** One of `OPERATIONS`, or for `JOB` the job's: `insert`, `update`, `upsert`, `delete`. */
  readonly operation?: string
  /** API name of the object written or read, in any case. */
  readonly object?: string
}

/** The operations of requests, for `FaultMatch.operation` and the statistics. */
export const OPERATIONS = [
  'token',
  'versions',
  'resources',
  'limits',
  'identity',
  'describeGlobal',
  'describe',
  'query',
  'queryMore',
  'create',
  'read',
  'update',
  'upsert',
  'delete',
  'collectionCreate',
  'collectionUpdate',
  'collectionUpsert',
  'collectionDelete',
  'collectionRead',
  'duplicateCheck',
  'ingestCreate',
  'ingestUpload',
  'ingestClose',
  'ingestRead',
  'ingestList',
  'ingestDelete',
  'ingestResults',
  'queryJobCreate',
  'queryJobRead',
  'queryJobAbort',
  'queryJobDelete',
  'queryJobResults',
  'unknown',
] as const

export type Operation = (typeof OPERATIONS)[number]

/**
 * The effect of a rule.
 * - `cutBefore`: the connection breaks before any processing; `cutAfter`: the request is processed, then it breaks without an answer;
 *   `cutBody`: it breaks after that number of bytes of the answer's body.
 * - `status`: that status and body, nothing is processed. `delay`: the processing starts later. `stall`: no processing and no answer.
 * - `expireSession`: every session ends first, so the request gets a 401. `limitReached`: 403 REQUEST_LIMIT_EXCEEDED.
 * - `lockRows`: records rejected with UNABLE_TO_LOCK_ROW, a share of them (0 to 1) or those whose field has the value.
 * - `apexCpu`: a trigger takes that time for each record; a transaction (a request, or 200 rows of a job) beyond 10 seconds is rejected,
 *   with another exception if one is given.
 * - `failJob` (on `JOB`): the job fails after that number of records; the rest stay unprocessed.
 * On `JOB`, `delay` makes the processing longer and `stall` leaves the job InProgress.
 */
export type Fault =
  | { readonly type: 'cutBefore' }
  | { readonly type: 'cutAfter' }
  | { readonly type: 'cutBody'; readonly afterBytes: number }
  | { readonly type: 'status'; readonly status: number; readonly body?: unknown; readonly html?: string }
  | { readonly type: 'delay'; readonly ms: number }
  | { readonly type: 'stall' }
  | { readonly type: 'expireSession' }
  | { readonly type: 'limitReached' }
  | {
      readonly type: 'lockRows'
      readonly share?: number
      readonly match?: { readonly field: string; readonly value: string }
    }
  | { readonly type: 'apexCpu'; readonly msPerRecord: number; readonly exception?: string }
  | { readonly type: 'failJob'; readonly afterRecords: number; readonly errorMessage?: string }

export const FAULT_TYPES = [
  'cutBefore',
  'cutAfter',
  'cutBody',
  'status',
  'delay',
  'stall',
  'expireSession',
  'limitReached',
  'lockRows',
  'apexCpu',
  'failJob',
] as const satisfies readonly Fault['type'][]

/** A fault and the requests that it applies to. */
export type FaultRule = {
  readonly match?: FaultMatch
  /** Number of matches (requests, or jobs) that pass first. @default 0 */
  readonly after?: number
  /** Number of matches that are hit. @default all */
  readonly times?: number
  /** Share of the matches that are hit, 0 to 1, decided by `seed`. @default 1 */
  readonly probability?: number
  /** @default 1 */
  readonly seed?: number
  readonly fault: Fault
}

// The faults of the org during a load, drawn from the seed.
import type { FaultMatch, FaultRule, Operation } from '../../packages/emulator/faults/rule.ts'
import type { Draw } from './draw.ts'

export const ENGINES = ['bulk', 'collections'] as const
export type Engine = (typeof ENGINES)[number]

/** How a load reaches the org: `files` are sent one at a time. */
type Requests = Engine | 'files'

/** The kinds of the table that the storm prints. */
export const FAULT_KINDS = [
  'cut before the work',
  'cut after the work',
  'body cut',
  'HTML page',
  '401',
  'sessions ended',
  'rows locked',
  'Apex limit',
  'job failed',
  'limit',
  'slow answer',
] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

export type NamedFault = { readonly kind: FaultKind; readonly rule: FaultRule }

const of = (operation: Operation): FaultMatch => ({ operation })

/** All writes of collections. */
const COLLECTION: FaultMatch = { path: '*/composite/sobjects*' }

/** Requests of a load. What is listed more often is hit more often. */
const REQUESTS: Readonly<Record<Requests, readonly FaultMatch[]>> = {
  bulk: [
    ...[of('ingestCreate'), of('ingestUpload'), of('ingestClose'), of('ingestClose'), of('ingestRead')],
    ...[of('ingestResults'), of('ingestResults'), of('describe'), of('token')],
    ...[of('query'), of('queryJobCreate'), of('queryJobResults')],
  ],
  collections: [COLLECTION, COLLECTION, COLLECTION, COLLECTION, of('query'), of('describe'), of('token')],
  files: [of('create'), of('create'), of('create'), of('query'), of('query'), of('describe'), of('token')],
}

/** Slower requests would outlast `resend.lostAnswerWait` of the storm's syncs, which promises that none does. */
const SLOWEST = 3_000

const SESSION_ENDED = [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]

const CONCURRENT = [
  {
    message: 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.',
    errorCode: 'REQUEST_LIMIT_EXCEEDED',
  },
]

/** @param limited whether the daily limit is used up too */
export function drawFaults(draw: Draw, requests: Requests, limited: boolean): readonly NamedFault[] {
  const faults = Array.from({ length: draw.between(5, 12) }, () => drawFault(draw, requests))
  if (!limited) return faults
  const operation = requests === 'bulk' ? 'ingestCreate' : 'describe'
  return [...faults, { kind: 'limit', rule: { match: { operation }, times: 1, fault: { type: 'limitReached' } } }]
}

const KINDS: readonly (readonly [FaultKind, number])[] = [
  ['cut before the work', 3],
  ['cut after the work', 5],
  ['body cut', 3],
  ['HTML page', 2],
  ['401', 2],
  ['sessions ended', 1],
  ['rows locked', 2],
  ['Apex limit', 2],
  ['job failed', 1],
  ['limit', 1],
  ['slow answer', 5],
]

/** Of jobs alone, and of requests with several records. */
const OF_MANY: Readonly<Record<Requests, readonly FaultKind[]>> = {
  bulk: [],
  collections: ['job failed'],
  files: ['job failed', 'rows locked', 'Apex limit'],
}

function drawFault(draw: Draw, requests: Requests): NamedFault {
  const drawn = draw.weighted(KINDS)
  const kind = OF_MANY[requests].includes(drawn) ? 'cut after the work' : drawn
  const often = { after: draw.between(0, 3), times: draw.between(1, 4) }
  const rule = (fault: FaultRule['fault']): NamedFault => {
    return { kind, rule: { match: draw.pick(REQUESTS[requests]), ...often, fault } }
  }
  switch (kind) {
    case 'cut before the work':
      return rule({ type: 'cutBefore' })
    case 'cut after the work':
      return rule({ type: 'cutAfter' })
    case 'body cut':
      return rule({ type: 'cutBody', afterBytes: draw.between(1, 4_000) })
    case 'HTML page':
      return rule({ type: 'status', status: draw.pick([500, 502, 503, 504]), html: '<h1>Down for maintenance</h1>' })
    case '401':
      // Several in a row: a new session is rejected too.
      return rule({ type: 'status', status: 401, body: SESSION_ENDED })
    case 'sessions ended':
      return rule({ type: 'expireSession' })
    case 'limit':
      return rule({ type: 'status', status: 403, body: CONCURRENT })
    case 'slow answer':
      return rule({ type: 'delay', ms: draw.between(200, SLOWEST) })
    case 'rows locked':
      return { kind, rule: ofWrites(requests, often, { type: 'lockRows', share: draw.pick([0.02, 0.3]) }) }
    case 'Apex limit':
      return { kind, rule: ofWrites(requests, often, { type: 'apexCpu', msPerRecord: draw.pick([60, 400]) }) }
    case 'job failed':
      return {
        kind,
        rule: { match: { method: 'JOB' }, times: 1, fault: { type: 'failJob', afterRecords: draw.between(0, 3_000) } },
      }
  }
}

function ofWrites(requests: Requests, often: Pick<FaultRule, 'after' | 'times'>, fault: FaultRule['fault']): FaultRule {
  return requests === 'bulk' ? { match: { method: 'JOB' }, times: 2, fault } : { match: COLLECTION, ...often, fault }
}

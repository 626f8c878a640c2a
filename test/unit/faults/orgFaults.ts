// Faults of the org and of the network, as a step meets them. The tests of test/unit/salesforce show what the connection makes of the bytes: cutAnswers,
// everyCut, rejections, logins and unsent.
import { Readable } from 'node:stream'
import {
  AnswerCutError,
  LimitReachedError,
  LoginRejectedError,
  OutcomeUnknownError,
  TemporarilyRejectedError,
  UnreachableError,
} from '../../../loader/salesforce/errors.ts'
import { passTime } from '../protocol/memoryLoad.ts'
import type { Act } from './act.ts'
import type { Effect } from './effects.ts'

const factsOf = ({ name, writes }: Effect) => ({ action: name, method: writes ? 'POST' : 'GET', path: `/${name}` })

function lossOf(effect: Effect): Error {
  const Lost = effect.writes ? OutcomeUnknownError : AnswerCutError
  return new Lost({ ...factsOf(effect), reason: 'no answer' })
}

const rejectionOf = (effect: Effect, statusCode: number, errorCode: string) => ({
  ...factsOf(effect),
  ...{ statusCode, errorCode, detail: 'later', fields: [] },
})

/** The org gets the request and applies nothing; no answer comes. */
const lostBefore: Act = async ({ effect }) => {
  await effect.leave()
  throw lossOf(effect)
}

/** The org applies the request; no answer comes. */
const lostAfter: Act = async ({ effect }, perform) => {
  await perform()
  throw lossOf(effect)
}

/** The answer ends in the middle. */
const truncated: Act = async ({ effect }, perform) => {
  const answer = await perform()
  if (!(answer instanceof Readable)) throw lossOf(effect)
  return Readable.from(cut(answer, lossOf(effect)))
}

async function* cut(body: Readable, error: Error): AsyncGenerator<Buffer> {
  const whole = Buffer.concat(await body.toArray())
  yield whole.subarray(0, whole.length >> 1)
  throw error
}

/** A rejection before any work. */
const busy =
  (statusCode: number, errorCode: string): Act =>
  async ({ effect }) => {
    await effect.leave()
    throw new TemporarilyRejectedError(rejectionOf(effect, statusCode, errorCode))
  }

const limit: Act = async ({ effect }) => {
  await effect.leave()
  throw new LimitReachedError(rejectionOf(effect, 403, 'REQUEST_LIMIT_EXCEEDED'))
}

const unreachable: Act = async ({ effect }) => {
  const reason = { host: 'org.test', reason: 'the connection was refused', code: 'ECONNREFUSED', advice: 'Check it' }
  throw new UnreachableError({ ...factsOf(effect), ...reason })
}

const notLoggedIn: Act = async () => {
  const where = { connection: 'test', flow: 'jwt_bearer', host: 'org.test', statusCode: 400 }
  throw new LoginRejectedError({
    ...where,
    errorCode: 'invalid_grant',
    detail: 'user locked',
    advice: 'Unlock the user',
  })
}

/** Milliseconds; longer than a create may be declared, and than a heartbeat may be missing. */
const SLOW = 50_000

const slow: Act = async (_, perform) => {
  const answer = await perform()
  passTime(SLOW)
  return answer
}

type SeenAs = {
  readonly write: Act
  readonly read: Act
  /** Of the body of an upload, which cannot be sent again. @default as a write */
  readonly upload?: Act
  /** The error of a run that fails because the fault lasts while it is prepared. */
  readonly error?: string
}

const passes: Act = (_, perform) => perform()

const expired = busy(401, 'INVALID_SESSION_ID')
const unavailable = busy(503, 'SERVER_UNAVAILABLE')
const page = busy(503, 'HTTP_503')

/** What a step sees of each fault. */
const ORG_FAULTS = {
  'request lost before the work': { write: lostBefore, read: lostBefore, error: 'AnswerCutError' },
  'answer lost after the work': { write: lostAfter, read: lostAfter, error: 'AnswerCutError' },
  'answer truncated': { write: lostAfter, read: truncated, error: 'AnswerCutError' },
  'page with 200': { write: lostBefore, read: lostBefore, error: 'AnswerCutError' },
  'page with 200 after the work': { write: lostAfter, read: lostAfter, error: 'AnswerCutError' },
  'page with 503': { write: lostBefore, read: page, error: 'TemporarilyRejectedError' },
  'page with 503 after the work': { write: lostAfter, read: page, error: 'TemporarilyRejectedError' },
  '401 once': { write: passes, read: passes, upload: expired },
  '401 for a while': { write: expired, read: expired, error: 'TemporarilyRejectedError' },
  '500': { write: lostBefore, read: busy(500, 'UNKNOWN_EXCEPTION'), error: 'TemporarilyRejectedError' },
  '503': { write: unavailable, read: unavailable, error: 'TemporarilyRejectedError' },
  'request limit exceeded': { write: limit, read: limit, error: 'LimitReachedError' },
  'connection refused': { write: unreachable, read: unreachable, error: 'UnreachableError' },
  'login rejected': { write: notLoggedIn, read: notLoggedIn, error: 'LoginRejectedError' },
  'slow answer': { write: slow, read: slow },
} as const satisfies Readonly<Record<string, SeenAs>>

export type OrgFault = keyof typeof ORG_FAULTS
export const ORG_FAULT_NAMES = Object.keys(ORG_FAULTS) as readonly OrgFault[]

/** The error of a run that fails because of the fault. */
export function errorOf(fault: OrgFault): string | undefined {
  const { error }: SeenAs = ORG_FAULTS[fault]
  return error
}

/** What the fault does to the effect that it strikes. */
export function actOf(fault: OrgFault): Act {
  const { write, read, upload = write }: SeenAs = ORG_FAULTS[fault]
  const act = ({ name, writes }: Effect) => {
    if (name === 'uploadIngestData') return upload
    return writes ? write : read
  }
  return (strike, perform) => act(strike.effect)(strike, perform)
}

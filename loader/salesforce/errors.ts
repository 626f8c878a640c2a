import { LinkError } from '../../packages/client/contract/linkError.ts'

/** The request that failed, in words and as sent. The path has no query string: SOQL contains record values. */
export type RequestFacts = {
  /** `Create Contact`. */
  readonly action: string
  readonly method: string
  readonly path: string
}

/** A rejection in Salesforce's own words. */
export type RejectionFacts = RequestFacts & {
  readonly statusCode: number
  /** `INSUFFICIENT_ACCESS`; `HTTP_<status>` where the answer named none. */
  readonly errorCode: string
  /** Salesforce's own message. */
  readonly detail: string
  readonly fields: readonly string[]
  /** What to do next. */
  readonly advice?: string
}

const requestOf = (facts: RequestFacts): string => `${facts.method} ${facts.path}`

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

function rejectionMessage(facts: RejectionFacts): string {
  const message = `${facts.action} failed: ${facts.statusCode} ${facts.errorCode}: ${facts.detail.trim()} (${requestOf(facts)})`
  return facts.advice === undefined ? message : `${message}. ${sentence(facts.advice)}`
}

/** The facts that the three rejections share. */
abstract class RejectionError extends LinkError {
  readonly action: string
  readonly request: string
  readonly statusCode: number
  readonly errorCode: string
  /** Salesforce's own message. */
  readonly detail: string
  readonly fields: readonly string[]

  constructor(facts: RejectionFacts) {
    super(rejectionMessage(facts))
    this.action = facts.action
    this.request = requestOf(facts)
    this.statusCode = facts.statusCode
    this.errorCode = facts.errorCode
    this.detail = facts.detail
    this.fields = facts.fields
  }
}

/** Thrown when the org rejected the request as such. Nothing was applied, and the same request will be rejected again. */
export class RequestRejectedError extends RejectionError {
  override readonly name = 'RequestRejectedError' as const
  readonly kind = 'rejected' as const
}

/** Thrown when the org rejected for a transient reason (a lock, too many calls at once, 503 with Salesforce's own JSON). Nothing was applied: repeat unchanged. */
export class TemporarilyRejectedError extends RejectionError {
  override readonly name = 'TemporarilyRejectedError' as const
  readonly kind = 'transient' as const
}

/** Thrown when a limit of the whole org is reached (calls of the day, storage, maintenance). Nothing was applied: pause the whole stream. */
export class LimitReachedError extends RejectionError {
  override readonly name = 'LimitReachedError' as const
  readonly kind = 'limit' as const
}

/** Thrown when the org does not offer the API version of the configuration. */
export class ApiVersionError extends LinkError {
  override readonly name = 'ApiVersionError' as const
  readonly kind = 'usage' as const

  constructor(connection: string, host: string, wanted: string, offered: readonly string[]) {
    const [oldest, newest] = [offered[0], offered.at(-1)]
    super(
      `Connection ${connection}: the org at ${host} does not offer API version ${wanted}; it offers ${oldest} to ${newest}. ` +
        `Set apiVersion to one of these, or to latest, which is ${newest} now.`,
    )
  }
}

/** Thrown when the org has no object of this name that the integration user may see. Nothing was applied. */
export class UnknownObjectError extends LinkError {
  override readonly name = 'UnknownObjectError' as const
  readonly kind = 'usage' as const
  readonly object: string

  /** @param hint `; did you mean "Contact"?`, or an empty text */
  constructor(object: string, connection: string, hint: string, cause?: unknown) {
    super(
      `The org of connection ${connection} has no object ${object} that this user may see${hint || '.'} ` +
        `List the objects: sflink objects ${connection}`,
      cause === undefined ? undefined : { cause },
    )
    this.object = object
  }
}

export type LoginRejection = {
  readonly connection: string
  readonly flow: string
  /** The host of the login, without a path. */
  readonly host: string
  readonly statusCode?: number
  /** OAuth's `error`, or Salesforce's errorCode. */
  readonly errorCode: string
  readonly detail: string
  readonly advice: string
}

/** Thrown when the org rejects the login of this connection. Not retried: repeated logins may lock the user. */
export class LoginRejectedError extends LinkError {
  override readonly name = 'LoginRejectedError' as const
  readonly kind = 'rejected' as const
  readonly connection: string
  readonly flow: string
  readonly statusCode: number | undefined
  readonly errorCode: string
  readonly detail: string
  readonly advice: string

  constructor(rejection: LoginRejection) {
    const status = rejection.statusCode === undefined ? '' : `${rejection.statusCode} `
    super(
      `Login of connection ${rejection.connection} failed: ${status}${rejection.errorCode}: ${rejection.detail} ` +
        `(flow ${rejection.flow} at ${rejection.host}). ${sentence(rejection.advice)}`,
    )
    this.connection = rejection.connection
    this.flow = rejection.flow
    this.statusCode = rejection.statusCode
    this.errorCode = rejection.errorCode
    this.detail = rejection.detail
    this.advice = rejection.advice
  }
}

export type LossFacts = RequestFacts & {
  /** `no answer within 120 s`. */
  readonly reason: string
  readonly statusCode?: number
}

abstract class LossError extends LinkError {
  readonly action: string
  readonly request: string
  readonly reason: string
  readonly statusCode: number | undefined

  constructor(message: string, facts: LossFacts, cause: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.action = facts.action
    this.request = requestOf(facts)
    this.reason = facts.reason
    this.statusCode = facts.statusCode
  }
}

/** Thrown when a write was sent and its answer lost or unreadable: it may have been applied. Query the org before sending it again. */
export class OutcomeUnknownError extends LossError {
  override readonly name = 'OutcomeUnknownError' as const
  readonly kind = 'transient' as const

  constructor(facts: LossFacts, cause?: unknown) {
    super(
      `${facts.action}: sent, but the outcome is unknown: ${facts.reason} (${requestOf(facts)}). ` +
        'The step finds out what the org has applied before it sends anything again.',
      facts,
      cause,
    )
  }
}

/** Thrown when a read was answered with a body that was cut, stalled or unreadable, or with no answer. Nothing was applied: read again. */
export class AnswerCutError extends LossError {
  override readonly name = 'AnswerCutError' as const
  readonly kind = 'transient' as const

  constructor(facts: LossFacts, cause?: unknown) {
    super(`${facts.action} failed: ${facts.reason} (${requestOf(facts)}). Read it again.`, facts, cause)
  }
}

export type UnreachableFacts = RequestFacts & {
  readonly host: string
  readonly reason: string
  readonly code: string
  readonly advice: string
}

/** Thrown when no connection was made (DNS, refused, TLS): the request was never sent, so nothing was applied. */
export class UnreachableError extends LinkError {
  override readonly name = 'UnreachableError' as const
  readonly kind = 'transient' as const
  readonly action: string
  readonly request: string
  readonly host: string
  readonly code: string

  constructor(facts: UnreachableFacts, cause?: unknown) {
    super(
      `${facts.action} failed: ${facts.host} cannot be reached: ${facts.reason} (${facts.code}); nothing was sent (${requestOf(facts)}). ${sentence(facts.advice)}`,
      cause === undefined ? undefined : { cause },
    )
    this.action = facts.action
    this.request = requestOf(facts)
    this.host = facts.host
    this.code = facts.code
  }
}

/** Thrown when the clock of this machine was set since the org's clock was read, so that the difference is unknown. */
export class ClockChangedError extends LinkError {
  override readonly name = 'ClockChangedError' as const
  readonly kind = 'transient' as const

  constructor() {
    super(
      'The clock of this machine was set, or the machine slept. The step reads the clock of the org again before it sends anything.',
    )
  }
}

import { LinkError } from '../../../packages/client/contract/linkError.ts'
import { answerFromSaveResult, failedAnswer, inDoubtAnswer, succeededAnswer } from '../../results/recordAnswer.ts'
import {
  LimitReachedError,
  LoginRejectedError,
  RequestRejectedError,
  TemporarilyRejectedError,
  UnreachableError,
} from '../../salesforce/errors.ts'
import type { SaveResult, WireRecord } from '../../salesforce/salesforceConnection.ts'
import type { OperationAttempt, RowAnswer } from '../settleAttempt.ts'
import { ANSWER_LOST, createdSince, findLost, type SentChunk } from './lostRecords.ts'
import type { Decision, Intent, RequestJournal } from './requestJournal.ts'

/** Milliseconds between declaring a request and sending it. After a longer pause another attempt may have searched for its records. */
const INTENT_LIFETIME = 30_000

/** Thrown when the worker paused between declaring a request and sending it. Nothing was sent. */
class RequestExpiredError extends LinkError {
  override readonly name = 'RequestExpiredError' as const
  readonly kind = 'transient' as const

  constructor(request: string) {
    super(
      `Request ${request} was declared more than ${INTENT_LIFETIME / 1000} s ago, so it was not sent. The step declares it again`,
    )
  }
}

export type Sending = SentChunk & {
  readonly journal: RequestJournal
  readonly place: OperationAttempt
  readonly wire: (cells: readonly string[]) => WireRecord
  /** Aborts before the next request. */
  readonly signal: AbortSignal
}

/** Sends the records of one chunk, request by request, and then has the answer for each of them. A request that was answered is never
 * sent again; a create whose answer was lost is searched for first (lostRecords.ts). */
export class CollectionSender {
  readonly #sending: Sending
  readonly #answers = new Map<number, RowAnswer>()

  constructor(sending: Sending) {
    this.#sending = sending
  }

  /** Throws the error that ends this attempt; every answer so far is in the journal. */
  async send(): Promise<void> {
    // Reads the org's clock before the first intent; this call is not counted against the org's limit.
    await this.#sending.salesforce.versions()
    for (const request of collectionRequests(this.#sending.records.length)) await this.#settle(request)
  }

  /** @param index place in the chunk, counted from 0 */
  answer(index: number): RowAnswer {
    return this.#answers.get(index) ?? 'unprocessed'
  }

  async #settle(request: CollectionRequest): Promise<void> {
    const { journal } = this.#sending
    const answer = await journal.answer(request.name)
    if (answer !== undefined) return this.#take(request, answer)
    // The cause of the rejection may no longer exist, and the whole request would repeat the records of a half.
    if (journal.isHalved(request.name)) return this.#settleHalves(request)
    const decision = (await journal.decision(request.name)) ?? (await this.#decideLost(request))
    if (decision !== undefined) return this.#follow(request, decision)
    await this.#send(request)
  }

  async #decideLost(request: CollectionRequest): Promise<Decision | undefined> {
    const { journal, place } = this.#sending
    if (place.operation !== 'create') return undefined
    const intent = await journal.intent(request.name)
    if (intent === undefined) return undefined
    const decision = await findLost(this.#sending, request.indexes, intent)
    await journal.recordDecision(request.name, decision)
    return decision
  }

  async #follow(request: CollectionRequest, { found, absent, undecided }: Decision): Promise<void> {
    for (const [index, id] of found) this.#answers.set(index, succeededAnswer(id, true))
    for (const index of undecided) this.#answers.set(index, inDoubtAnswer(ANSWER_LOST))
    if (absent.length > 0) await this.#settle(againOf(request, absent))
  }

  async #send(request: CollectionRequest): Promise<void> {
    this.#sending.signal.throwIfAborted()
    const lost = await this.#lostUpsert(request)
    await this.#declare(request, lost)
    try {
      const results = await this.#asFirstAnswered(await this.#write(request), lost)
      await this.#sending.journal.recordAnswer(request.name, results)
      this.#take(request, results)
    } catch (error) {
      if (!appliedNothing(error)) throw error
      // An earlier request with the same records may have been applied.
      if (lost === undefined) await this.#sending.journal.withdraw(request.name)
      if (!(error instanceof RequestRejectedError) || error.statusCode !== 400) throw error
      await this.#narrow(request, error)
    }
  }

  /** The intent of an upsert that was sent before and whose answer was lost. */
  async #lostUpsert({ name }: CollectionRequest): Promise<Intent | undefined> {
    const { journal, place } = this.#sending
    return place.operation === 'upsert' ? journal.intent(name) : undefined
  }

  /** The second request finds a record that the first one created; its result stays `created`. */
  async #asFirstAnswered(results: readonly SaveResult[], lost: Intent | undefined): Promise<readonly SaveResult[]> {
    if (lost === undefined) return results
    const ids = results.flatMap(({ success, created, id }) => (success && created === false && id ? [id] : []))
    const created = await createdSince(this.#sending, lost, ids)
    return results.map(result => (created.has(result.id ?? '') ? { ...result, created: true } : result))
  }

  /** Declares a create once. Other requests may be repeated; the first intent counts. */
  async #declare(request: CollectionRequest, lost: Intent | undefined): Promise<void> {
    const { journal, place, salesforce } = this.#sending
    const at = Date.now()
    const intent = { at, orgTime: at + salesforce.clockOffset() }
    if (place.operation !== 'create') return journal.note(request.name, lost ?? intent)
    await journal.declare(request.name, intent)
    if (Date.now() - at <= INTENT_LIFETIME) return
    await journal.withdraw(request.name)
    throw new RequestExpiredError(request.name)
  }

  #write({ indexes }: CollectionRequest): Promise<readonly SaveResult[]> {
    const { salesforce, records, wire, place, run } = this.#sending
    const { object, externalIdField = '', assignmentRules } = run.plan
    const bodies = indexes.map(index => wire(records[index] ?? []))
    switch (place.operation) {
      case 'create':
        return salesforce.createRecords(object, bodies, { assignmentRules })
      case 'update':
        return salesforce.updateRecords(object, bodies, { assignmentRules })
      case 'upsert':
        return salesforce.upsertRecords(object, externalIdField, bodies, { assignmentRules })
    }
  }

  /** One record that Salesforce can't read fails the whole request; sending halves isolates it. */
  async #narrow(request: CollectionRequest, rejection: RequestRejectedError): Promise<void> {
    const [only] = request.indexes
    if (only !== undefined && request.indexes.length === 1) {
      this.#answers.set(only, failedAnswer({ code: rejection.errorCode, message: rejection.detail }))
      return
    }
    await this.#settleHalves(request)
  }

  async #settleHalves(request: CollectionRequest): Promise<void> {
    for (const half of halvesOf(request)) await this.#settle(half)
  }

  #take(request: CollectionRequest, results: readonly SaveResult[]): void {
    for (const [place, result] of results.entries()) {
      const index = request.indexes[place]
      if (index !== undefined) this.#answers.set(index, answerFromSaveResult(result, this.#sending.place.operation))
    }
  }
}

/** Whether the org certainly applied nothing of the request. */
function appliedNothing(error: unknown): boolean {
  return (
    error instanceof RequestRejectedError ||
    error instanceof TemporarilyRejectedError ||
    error instanceof LimitReachedError ||
    error instanceof LoginRejectedError ||
    error instanceof UnreachableError
  )
}

/** Records in one collection request; Salesforce accepts no more. */
const REQUEST_RECORDS = 200

/** A request: its name in the journal, and the places of its records in the chunk, counted from 0. */
export type CollectionRequest = { readonly name: string; readonly indexes: readonly number[] }

/** The requests that a chunk of so many records is sent in. The same for every attempt, so that the journal matches. */
export function collectionRequests(records: number): readonly CollectionRequest[] {
  return Array.from({ length: Math.ceil(records / REQUEST_RECORDS) }, (_, place) => {
    const first = place * REQUEST_RECORDS
    const end = Math.min(first + REQUEST_RECORDS, records)
    return { name: `${first + 1}-${end}`, indexes: Array.from({ length: end - first }, (_, offset) => first + offset) }
  })
}

/** The halves of a request that one of its records made fail as a whole. */
export function halvesOf({ name, indexes }: CollectionRequest): readonly CollectionRequest[] {
  const middle = Math.ceil(indexes.length / 2)
  return [
    { name: `${name}.a`, indexes: indexes.slice(0, middle) },
    { name: `${name}.b`, indexes: indexes.slice(middle) },
  ]
}

/** The request that sends the records of a lost one that are provably absent. */
export const againOf = ({ name }: CollectionRequest, indexes: readonly number[]): CollectionRequest => ({
  name: `${name}.again`,
  indexes,
})

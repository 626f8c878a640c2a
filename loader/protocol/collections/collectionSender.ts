import type { Operation } from '../../../packages/client/contract/operations.ts'
import { present } from '../../../packages/client/contract/scalars.ts'
import { answerFromSaveResult, inDoubtAnswer, succeededAnswer } from '../../results/recordAnswer.ts'
import {
  LimitReachedError,
  LoginRejectedError,
  RequestRejectedError,
  TemporarilyRejectedError,
  UnreachableError,
} from '../../salesforce/errors.ts'
import { isGovernorLimit } from '../../salesforce/governorLimit.ts'
import type { CollectionOptions, SaveResult, WireRecord } from '../../salesforce/salesforceConnection.ts'
import { chunkFiles } from '../layout.ts'
import type { RowAnswer } from '../settleAttempt.ts'
import { againOf, type CollectionRequest, collectionRequests, halvesOf, smallerRequests } from './collectionRequests.ts'
import { CancelledWhileWaiting, Departure, RequestExpiredError } from './departure.ts'
import { ANSWER_LOST, findLost, type SentChunk } from './lostRecords.ts'
import { createdSince } from './recordSearch.ts'
import {
  earlier,
  HALVED,
  type Intent,
  isAnswer,
  nothingWritten,
  type Outcome,
  RequestJournal,
} from './requestJournal.ts'
import { RequestSize } from './requestSize.ts'

export type Sending = SentChunk & {
  readonly wire: (cells: readonly string[]) => WireRecord
}

/** Sends the records of one chunk, request by request, and then has the answer for each of them. A request that was answered is never
 * sent again; a create whose answer was lost is searched for first (lostRecords.ts). */
export class CollectionSender {
  readonly #sending: Sending
  readonly #answers = new Map<number, RowAnswer>()
  readonly #size = new RequestSize()

  constructor(sending: Sending) {
    this.#sending = sending
  }

  /** Throws the error that ends this attempt; every answer so far is in the journal. */
  async send(): Promise<void> {
    // Before the first intent.
    await this.#sending.salesforce.readClock(this.#sending.signal)
    const { records, run } = this.#sending
    for (const request of collectionRequests(records.length, run.plan.requestRecords)) await this.#settle(request)
  }

  /** @param index place in the chunk, counted from 0 */
  answer(index: number): RowAnswer {
    return this.#answers.get(index) ?? 'unprocessed'
  }

  async #settle(request: CollectionRequest): Promise<void> {
    const { journal } = this.#sending
    const outcome = await journal.outcome(request.name)
    if (outcome === undefined && journal.isHalved(request.name)) return this.#settleHalves(request)
    await this.#follow(request, outcome ?? (await this.#conclude(request)))
  }

  /** Sends a request whose outcome is unknown, or finds out what a create has written that was sent before. */
  async #conclude(request: CollectionRequest): Promise<Outcome> {
    const { journal, place } = this.#sending
    const intent = await journal.intent(request.name)
    if (intent === undefined && !this.#size.fits(request.indexes.length)) return this.#divide(request)
    if (place.operation !== 'create') return this.#repeat(request, place.operation, intent)
    if (intent === undefined) return this.#create(request)
    return journal.conclude(request.name, await findLost(this.#sending, request, intent))
  }

  /** Declares that a request is not sent, so that no other attempt sends it beside its halves. */
  async #divide({ name }: CollectionRequest): Promise<Outcome> {
    const at = Date.now()
    await this.#sending.journal.declare(name, {
      at,
      orgTime: at + this.#sending.salesforce.clockOffset(),
      divided: true,
    })
    return HALVED
  }

  async #follow(request: CollectionRequest, outcome: Outcome): Promise<void> {
    if (isAnswer(outcome)) return this.#take(request, outcome)
    if (outcome.halved) return this.#settleHalves(request)
    const { found, absent, undecided } = outcome
    for (const [index, id] of found) this.#answers.set(index, succeededAnswer(id, 'created'))
    for (const index of undecided) this.#answers.set(index, inDoubtAnswer(ANSWER_LOST))
    if (absent.length > 0) await this.#settle(againOf(request, absent))
  }

  /** Sends a create that no attempt has sent yet. */
  async #create(request: CollectionRequest): Promise<Outcome> {
    const { journal, salesforce, signal, run } = this.#sending
    signal.throwIfAborted()
    const waiting = new CancelledWhileWaiting(signal)
    const departure = new Departure(journal, request.name, at => at + salesforce.clockOffset(), waiting)
    try {
      const bodies = this.#bodies(request)
      const results = await salesforce.createRecords(run.plan.object, bodies, {
        ...this.#options(waiting),
        beforeSend: departure.beforeSend,
      })
      return await journal.conclude(request.name, results)
    } catch (error) {
      const over = departure.over()
      if (over === undefined) throw error
      if (departure.hasLeft && !appliedNothing(error)) {
        await journal.note(request.name, over)
        throw error
      }
      const end = this.#endOf(request, error) ?? nothingWritten(request.indexes)
      const outcome = await journal.conclude(request.name, end)
      if (isSettledBy(error)) return outcome
      throw error
    } finally {
      waiting.done()
    }
  }

  /** Sends an update, upsert or delete, which may be repeated. @param known the intent of an earlier attempt whose answer was lost */
  async #repeat(request: CollectionRequest, operation: Repeatable, known: Intent | undefined): Promise<Outcome> {
    const { journal, salesforce, signal } = this.#sending
    signal.throwIfAborted()
    const at = Date.now()
    // The first intent counts. An attempt that is still alive may have noted it since this one has read the journal.
    const lost = known ?? (await journal.begin(request.name, { at, orgTime: at + salesforce.clockOffset() }))
    if (lost !== undefined) await journal.note(request.name, { ...lost, repeated: true })
    const waiting = new CancelledWhileWaiting(signal)
    try {
      const results = await this.#writeAgain(request, operation, this.#options(waiting))
      // An update that is repeated has the same answer.
      if (operation === 'update') return await journal.conclude(request.name, results)
      const own = lost ?? (await this.#repeatedMeanwhile(request))
      const first = earlier(earlier(own, request.lost), await this.#lostBefore())
      return await journal.conclude(request.name, await this.#asFirstAnswered(request, results, operation, first))
    } catch (error) {
      if (waiting.hasLeft && !appliedNothing(error)) throw error
      const end = this.#endOf(request, error)
      if (end !== undefined) return journal.conclude(request.name, end)
      // An earlier request with the same records may have been applied.
      if (lost === undefined && (await this.#repeatedMeanwhile(request)) === undefined) {
        await journal.withdraw(request.name)
      }
      throw error
    } finally {
      waiting.done()
    }
  }

  #writeAgain(
    request: CollectionRequest,
    operation: Repeatable,
    options: CollectionOptions,
  ): Promise<readonly SaveResult[]> {
    const { salesforce, run } = this.#sending
    const { object, externalIdField = '' } = run.plan
    if (operation === 'delete') return salesforce.deleteRecords(object, this.#ids(request), options)
    const bodies = this.#bodies(request)
    if (operation === 'update') return salesforce.updateRecords(object, bodies, options)
    return salesforce.upsertRecords(object, externalIdField, bodies, options)
  }

  /** The intent of this attempt, if another one has repeated the request since. */
  async #repeatedMeanwhile({ name }: CollectionRequest): Promise<Intent | undefined> {
    const intent = await this.#sending.journal.intent(name)
    return intent?.repeated === true ? intent : undefined
  }

  /** A request of an earlier attempt whose answer was lost: its repetition may have rejected a record that it had written, such as for a lock. */
  async #lostBefore(): Promise<Intent | undefined> {
    const { store, place } = this.#sending
    let first: Intent | undefined
    for (let attempt = 1; attempt < place.attempt; attempt += 1) {
      const journal = await RequestJournal.open(store, chunkFiles(place.chunk, attempt).journal)
      first = earlier(first, await journal.firstRepeated())
    }
    return first
  }

  /**
   * The second request finds what the first one has done: a record that it created stays `created`, and one that it deleted is not rejected. Without a
   * first request, someone else has deleted the record.
   */
  async #asFirstAnswered(
    request: CollectionRequest,
    results: readonly SaveResult[],
    operation: Exclude<Repeatable, 'update'>,
    lost: Intent | undefined,
  ): Promise<readonly SaveResult[]> {
    if (lost === undefined) return results
    if (operation === 'delete') {
      const ids = this.#ids(request)
      return results.map((result, place) => (isDeletedRecord(result) ? deletedRecord(ids[place] ?? '') : result))
    }
    const ids = results.flatMap(({ success, created, id }) => (success && created === false && id ? [id] : []))
    const created = await createdSince(this.#sending, lost.orgTime, ids)
    return results.map(result => (created.has(result.id ?? '') ? { ...result, created: true } : result))
  }

  /** The first cell of a record to delete. */
  #ids({ indexes }: CollectionRequest): readonly string[] {
    return indexes.map(index => this.#sending.records[index]?.[0] ?? '')
  }

  #bodies({ indexes }: CollectionRequest): readonly WireRecord[] {
    const { records, wire } = this.#sending
    return indexes.map(index => wire(records[index] ?? []))
  }

  #options({ signal, leave }: CancelledWhileWaiting): CollectionOptions {
    const { assignmentRule, savesDuplicates = false } = this.#sending.run.plan
    return { assignmentRule, savesDuplicates, signal, beforeSend: leave }
  }

  async #settleHalves(request: CollectionRequest): Promise<void> {
    const lost = await this.#lostOf(request)
    for (const half of halvesOf({ ...request, ...lost })) await this.#settle(half)
  }

  /** A record that the request may have created before its answer was lost is `created` also when a smaller request updates it. */
  async #lostOf({ name, lost }: CollectionRequest): Promise<Pick<CollectionRequest, 'lost'>> {
    if (this.#sending.place.operation === 'create') return {}
    const intent = await this.#sending.journal.intent(name)
    return present({ lost: earlier(lost, intent?.repeated ? intent : undefined) })
  }

  /** Records that a governor limit rejected are sent again at once, in smaller requests. */
  async #take(request: CollectionRequest, results: readonly SaveResult[]): Promise<void> {
    for (const [place, result] of results.entries()) {
      const index = request.indexes[place]
      if (index !== undefined) this.#answers.set(index, answerFromSaveResult(result, this.#sending.place.operation))
    }
    const smaller = smallerRequests(request, results)
    if (smaller.length === 0) return this.#size.accepted(request.indexes.length)
    this.#size.rejected(request.indexes.length)
    const lost = await this.#lostOf(request)
    for (const one of smaller) await this.#settle({ ...one, ...lost })
  }

  /** The outcome of a request that the org rejected as a whole: for its size, or for one record that it could not read, which halves isolate. */
  #endOf({ indexes }: CollectionRequest, error: unknown): Outcome | undefined {
    if (!isOfItsRecords(error)) return undefined
    const { statusCode, errorCode, detail } = error
    if (indexes.length === 1) return [{ success: false, errors: [{ statusCode: errorCode, message: detail }] }]
    if (statusCode !== 400 || isGovernorLimit(errorCode, detail)) this.#size.rejected(indexes.length)
    return HALVED
  }
}

type Repeatable = Exclude<Operation, 'create'>

const isDeletedRecord = ({ success, errors }: SaveResult): boolean =>
  !success && errors.length > 0 && errors.every(({ statusCode }) => statusCode === 'ENTITY_IS_DELETED')

const deletedRecord = (id: string): SaveResult => ({ id, success: true, errors: [] })

/** Statuses of a request that fewer or other records may pass: it could not be read, or is too large for the org or a proxy. */
const STATUSES_OF_RECORDS: ReadonlySet<number> = new Set([400, 413, 414])

/** Whether the records of the request are why the org rejected it as a whole. */
const isOfItsRecords = (error: unknown): error is RequestRejectedError =>
  error instanceof RequestRejectedError &&
  (STATUSES_OF_RECORDS.has(error.statusCode) || isGovernorLimit(error.errorCode, error.detail))

/** Whether the step continues with the outcome that was recorded for the error, instead of failing. */
const isSettledBy = (error: unknown): boolean => error instanceof RequestExpiredError || isOfItsRecords(error)

/** Whether the org certainly applied nothing of the request. */
export function appliedNothing(error: unknown): boolean {
  return (
    error instanceof RequestExpiredError ||
    error instanceof RequestRejectedError ||
    error instanceof TemporarilyRejectedError ||
    error instanceof LimitReachedError ||
    error instanceof LoginRejectedError ||
    error instanceof UnreachableError
  )
}

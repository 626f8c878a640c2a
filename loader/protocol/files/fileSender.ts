import type { PlannedFile } from '../../plan/fileFields.ts'
import { wireColumns } from '../../plan/syncPlan.ts'
import { answerFromSaveResult, inDoubtAnswer, succeededAnswer } from '../../results/recordAnswer.ts'
import { RequestRejectedError, TemporarilyRejectedError } from '../../salesforce/errors.ts'
import type { BlobRecord, SaveResult, WireRecord } from '../../salesforce/salesforceConnection.ts'
import { nameInUri, readContentCell, type StagedContent } from '../../sources/contentCell.ts'
import type { ContentFiles } from '../../sources/contentFiles.ts'
import { SourceFileError } from '../../sources/errors.ts'
import { againOf, type CollectionRequest, collectionRequests } from '../collections/collectionRequests.ts'
import { appliedNothing } from '../collections/collectionSender.ts'
import { CancelledWhileWaiting, Departure, RequestExpiredError } from '../collections/departure.ts'
import { ANSWER_LOST, findLost, type SentChunk } from '../collections/lostRecords.ts'
import { isAnswer, nothingWritten, type Outcome } from '../collections/requestJournal.ts'
import type { RowAnswer } from '../settleAttempt.ts'
import { fileRejection } from './fileRejection.ts'
import { FileUpload, md5Of } from './fileUpload.ts'
import { Renewals } from './renewals.ts'

export type FileSending = SentChunk & {
  readonly file: PlannedFile
  readonly contentFiles: ContentFiles
  /** The fields of a record without its content. */
  readonly wire: (cells: readonly string[]) => WireRecord
}

/**
 * Creates the records of one chunk with their files, one request after another, and then has the answer for each of them. A request that was
 * answered is never sent again; a create whose answer was lost is searched for first (lostRecords.ts).
 *
 * A file is read twice: first for its checksum, by which its record is found in the org if the answer is lost, and then as it is sent. The last
 * bytes of a request leave only if the file had the same content both times. Until then the org applies nothing, so a cut upload is sent again
 * without a search.
 */
export class FileSender {
  readonly #sending: FileSending
  readonly #answers = new Map<number, RowAnswer>()

  constructor(sending: FileSending) {
    this.#sending = sending
  }

  /** Throws the error that ends this attempt; every answer so far is in the journal. */
  async send(): Promise<void> {
    const { salesforce, signal, records, run } = this.#sending
    // Before the first intent.
    await salesforce.readClock(signal)
    for (const request of collectionRequests(records.length, run.plan.requestRecords)) await this.#settle(request)
  }

  /** @param index place in the chunk, counted from 0 */
  answer(index: number): RowAnswer {
    return this.#answers.get(index) ?? 'unprocessed'
  }

  async #settle(request: CollectionRequest): Promise<void> {
    const { journal } = this.#sending
    const outcome = (await journal.outcome(request.name)) ?? (await this.#conclude(request))
    const [index = 0] = request.indexes
    if (isAnswer(outcome)) {
      for (const result of outcome) this.#answers.set(index, answerFromSaveResult(result, 'create'))
      return
    }
    for (const [found, id] of outcome.found) this.#answers.set(found, succeededAnswer(id, 'created'))
    for (const one of outcome.undecided) this.#answers.set(one, inDoubtAnswer(ANSWER_LOST))
    if (outcome.absent.length > 0) await this.#settle(againOf(request, outcome.absent))
  }

  async #conclude(request: CollectionRequest): Promise<Outcome> {
    const { journal } = this.#sending
    const intent = await journal.intent(request.name)
    if (intent === undefined) return this.#create(request)
    const isSent = intent.checksum !== undefined
    const decision = isSent ? await findLost(this.#sending, request, intent) : nothingWritten(request.indexes)
    return journal.conclude(request.name, decision)
  }

  /** Sends a create that no attempt has sent yet. */
  async #create(request: CollectionRequest): Promise<Outcome> {
    const { journal, salesforce, signal, run } = this.#sending
    signal.throwIfAborted()
    const staged = this.#contentOf(request)
    let checksum: string
    try {
      checksum = await md5Of(this.#bytesOf(staged)())
    } catch (error) {
      const result = this.#resultOf(request, error)
      if (result === undefined) throw error
      return this.#reject(request, result)
    }
    const waiting = new CancelledWhileWaiting(signal)
    const orgTime = (at: number) => at + salesforce.clockOffset()
    const departure = new Departure(journal, request.name, orgTime, waiting, { checksum })
    const upload = new FileUpload(this.#bytesOf(staged), { staged, checksum, beforeEnd: departure.beforeEnd })
    const renewals = new Renewals(() => departure.renew())
    try {
      const options = { signal: waiting.signal, beforeSend: departure.beforeSend }
      const result = await salesforce.createBlob(run.plan.object, this.#record(request, staged, upload), options)
      return await journal.conclude(request.name, [result])
    } catch (error) {
      await renewals.end()
      return await this.#end(request, departure, upload, error)
    } finally {
      await renewals.end()
      waiting.done()
    }
  }

  /** Records how a request without a success ended. Throws the error of one whose end is not known, or that is sent again. */
  async #end(request: CollectionRequest, departure: Departure, upload: FileUpload, error: unknown): Promise<Outcome> {
    const { journal } = this.#sending
    const over = departure.over()
    if (over === undefined) throw error
    const result = this.#resultOf(request, error)
    const isUnknown = departure.hasLeft && upload.isWhole && !appliedNothing(error)
    if (result === undefined && isUnknown) {
      await journal.note(request.name, over)
      throw error
    }
    const outcome = await journal.conclude(
      request.name,
      result === undefined ? nothingWritten(request.indexes) : [result],
    )
    if (result !== undefined || error instanceof RequestExpiredError) return outcome
    throw error
  }

  /** Concludes a request that is never sent, unless another attempt is sending it. */
  async #reject({ name }: CollectionRequest, result: SaveResult): Promise<Outcome> {
    const { journal, salesforce } = this.#sending
    const at = Date.now()
    await journal.declare(name, { at, orgTime: at + salesforce.clockOffset() })
    return journal.conclude(name, [result])
  }

  /** The result of a record that its file, or the org, rejects; undefined for an error of another kind. */
  #resultOf(request: CollectionRequest, error: unknown): SaveResult | undefined {
    if (error instanceof SourceFileError) {
      const staged = this.#contentOf(request)
      const { code, message } = fileRejection(this.#sending.file, 'uri' in staged ? nameInUri(staged.uri) : '', error)
      return failure(code, message)
    }
    const isOfRecord =
      (error instanceof RequestRejectedError && isOfOneRecord(error)) ||
      (error instanceof TemporarilyRejectedError && error.errorCode === LOCKED)
    return isOfRecord ? failure(error.errorCode, error.detail) : undefined
  }

  #record(request: CollectionRequest, staged: StagedContent, upload: FileUpload): BlobRecord {
    const { file, wire } = this.#sending
    return {
      fields: wire(this.#cellsOf(request)),
      field: file.field,
      fileName: 'uri' in staged ? nameInUri(staged.uri) : '',
      bytes: staged.bytes,
      content: () => upload.content(),
    }
  }

  #cellsOf({ indexes: [index = 0] }: CollectionRequest): readonly string[] {
    return this.#sending.records[index] ?? []
  }

  #contentOf(request: CollectionRequest): StagedContent {
    const { run, place, file } = this.#sending
    const column = wireColumns(run.plan, place.operation).findIndex(({ name }) => name === file.field)
    return readContentCell(this.#cellsOf(request)[column] ?? '')
  }

  #bytesOf(staged: StagedContent): () => AsyncIterable<Uint8Array> {
    const { contentFiles, signal } = this.#sending
    if ('uri' in staged) return () => contentFiles.read(staged, signal)
    return async function* () {
      yield Buffer.from(staged.base64, 'base64')
    }
  }
}

const failure = (statusCode: string, message: string): SaveResult => ({
  success: false,
  errors: [{ statusCode, message }],
})

const LOCKED = 'UNABLE_TO_LOCK_ROW'

/** Statuses by which the org, or a proxy that has a limit for requests, rejects one record. */
const RECORD_STATUSES: readonly number[] = [400, 404, 413]

const isOfOneRecord = ({ statusCode, errorCode }: RequestRejectedError): boolean =>
  RECORD_STATUSES.includes(statusCode) || errorCode.startsWith('INSUFFICIENT_ACCESS')

import { ApplicationFailure, CancelledFailure, CompleteAsyncError } from '@temporalio/activity'

/** What a failure means for the load. */
type Consequence =
  /** Asking again would give the same answer. */
  | { readonly again: false }
  /** Temporal tries again; `after` (milliseconds) overrides the activity's own back-off. */
  | { readonly again: true; readonly after?: number }

const FINAL: Consequence = { again: false }
const SOON: Consequence = { again: true }
/** A limit of the whole org passes within its rolling 24 hours: look every ten minutes. */
const LATER: Consequence = { again: true, after: 600_000 }

/** By the name of the error. */
const CONSEQUENCES: Readonly<Record<string, Consequence>> = {
  LoginRejectedError: FINAL,
  RequestRejectedError: FINAL,
  TemporarilyRejectedError: SOON,
  LimitReachedError: LATER,
  OutcomeUnknownError: SOON,
  AnswerCutError: SOON,
  UnreachableError: SOON,
  ConfigurationError: FINAL,
  EnvironmentError: FINAL,
  RunRejectedError: FINAL,
  ResultsIncompleteError: FINAL,
  SourceFileError: FINAL,
  SourceUnreachableError: SOON,
  SourceEmptyError: FINAL,
  SourceNotTextError: FINAL,
  SourceEncodingError: FINAL,
  SourceHeaderError: FINAL,
  SourceOptionError: FINAL,
  CsvCutError: FINAL,
  CsvQuoteError: FINAL,
  CsvRecordTooLongError: FINAL,
  RequestTakenError: SOON,
  RunIdError: FINAL,
  RunPathError: FINAL,
  RunStoreError: SOON,
  RunStoreUnfitError: FINAL,
  RunFileMissingError: FINAL,
  NotificationError: SOON,
}

/** Attempts given to an error that this table does not know: a fault of ours, most likely. */
const UNKNOWN_ATTEMPTS = 5

/** What to do about it. */
const OUR_FAULT = "a fault of Salesforce Link itself: look into the worker's log, and report it"

/**
 * Makes an error what Temporal keeps of it: type, message and whether it is tried again. The original stack stays out of history.
 * @param attempt 1-based attempt of the activity that failed
 */
export function asApplicationFailure(error: unknown, attempt: number): unknown {
  if (passesUnchanged(error)) return error
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  const known = CONSEQUENCES[name]
  const consequence: Consequence = known ?? { again: attempt < UNKNOWN_ATTEMPTS }
  return ApplicationFailure.create({
    type: name,
    message: known === undefined ? `${message} (${name}, ${OUR_FAULT})` : message,
    nonRetryable: !consequence.again,
    ...(consequence.again && consequence.after !== undefined ? { nextRetryDelay: consequence.after } : {}),
  })
}

function passesUnchanged(error: unknown): boolean {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return true
  return error instanceof CompleteAsyncError || (error instanceof Error && error.name === 'AbortError')
}

import type { Operation } from '../../packages/client/contract/operations.ts'
import type { RecordResult } from '../../packages/client/contract/runReport.ts'
import type { SaveResult } from '../salesforce/salesforceConnection.ts'
import { joinErrors } from './sfError.ts'

/** The outcome of a record, without row, time and identity fields. */
export type RecordAnswer = Pick<RecordResult, 'outcome' | 'id' | 'errorCode' | 'errorMessage'>

/** Salesforce's answer for one record of a collection request. Only an upsert states whether it created. */
export function answerFromSaveResult(result: SaveResult, operation: Operation): RecordAnswer {
  if (!result.success) {
    return failedAnswer(joinErrors(result.errors.map(({ statusCode, message }) => ({ code: statusCode, message }))))
  }
  return succeededAnswer(result.id ?? '', operation === 'create' || (operation === 'upsert' && result.created === true))
}

export function succeededAnswer(id: string, created: boolean): RecordAnswer {
  return { outcome: created ? 'created' : 'updated', id, errorCode: '', errorMessage: '' }
}

export function failedAnswer({ code, message }: { readonly code: string; readonly message: string }): RecordAnswer {
  return { outcome: 'failed', id: '', errorCode: code, errorMessage: message }
}

/** The answer for a record that was sent and whose outcome is unknown. */
export function inDoubtAnswer(message: string): RecordAnswer {
  return { outcome: 'in_doubt', id: '', errorCode: 'IN_DOUBT', errorMessage: message }
}

/** Row errors that applied nothing and may pass by themselves: the record is worth sending again, unchanged. */
const PASSING_ERROR_CODES: ReadonlySet<string> = new Set([
  // Another transaction holds the record or its parent.
  'UNABLE_TO_LOCK_ROW',
  'TOO_MANY_APEX_REQUESTS',
  'SERVER_UNAVAILABLE',
  // Bulk API gave the batch up for its locks.
  'TooManyLockFailure',
])

// A trigger or flow that runs into a lock fails with its own code and quotes the lock's.
const LOCK_WORDS = ['UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access']
const CONCURRENT = 'Concurrent'

/** Whether sending the record again, later, may succeed. */
export function isPassingError(errorCode: string, errorMessage: string): boolean {
  if (PASSING_ERROR_CODES.has(errorCode)) return true
  if (errorCode === 'REQUEST_LIMIT_EXCEEDED') return errorMessage.includes(CONCURRENT)
  return LOCK_WORDS.some(words => errorMessage.includes(words))
}

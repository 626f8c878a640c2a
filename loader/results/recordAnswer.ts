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

import type { Operation } from './syncSpec.ts'

/** Our answer for one source record. A rejected record is a value, never an exception. */
export type RecordResult = {
  /** 1-based number of the record in the source; the header does not count. */
  readonly row: number
  readonly operation: Operation | ''
  /** `in_doubt`: sent, the answer lost, and no way to find out. It is never sent again silently. */
  readonly outcome: 'created' | 'updated' | 'failed' | 'in_doubt'
  /** Salesforce record Id; empty when there is none. */
  readonly id: string
  /** Salesforce status code, or one of ours from `OUR_ERROR_CODES`; empty on success. */
  readonly errorCode: string
  /** Salesforce's own words; empty on success. */
  readonly errorMessage: string
  /** UTC, `YYYY-MM-DDTHH:mm:ss`. */
  readonly timestamp: string
  /** Values of the identity fields, in the order of the spec. */
  readonly identity: readonly string[]
}

/** Reasons that are not Salesforce's: found before sending, or about the answer itself. */
export const OUR_ERROR_CODES = [
  'REQUIRED_FIELD_MISSING',
  'INVALID_VALUE',
  'INVALID_OPERATION',
  'RAGGED_ROW',
  'KEY_BLANK',
  'KEY_NOT_FOUND',
  'KEY_AMBIGUOUS',
  'KEY_REPEATED',
  'NO_ANSWER',
  'NOT_PROCESSED',
  'NOT_SENT',
  'JOB_ABORTED',
  'JOB_FAILED',
  'IN_DOUBT',
] as const

/** Row errors that applied nothing and may be transient: the record is sent again unchanged. */
const PASSING_ERROR_CODES: ReadonlySet<string> = new Set([
  // Another transaction holds the record or its parent.
  'UNABLE_TO_LOCK_ROW',
  'TOO_MANY_APEX_REQUESTS',
  'SERVER_UNAVAILABLE',
  // Bulk API abandoned the batch because of locks.
  'TooManyLockFailure',
])

// A trigger or flow that runs into a lock fails with its own code and quotes the lock's.
const LOCK_WORDS = ['UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access']
const CONCURRENT = 'Concurrent'

/** Whether sending the record again, later, may succeed. */
export function isTransientError(errorCode: string, errorMessage: string): boolean {
  if (PASSING_ERROR_CODES.has(errorCode)) return true
  if (errorCode === 'REQUEST_LIMIT_EXCEEDED') return errorMessage.includes(CONCURRENT)
  return LOCK_WORDS.some(words => errorMessage.includes(words))
}

// Encodes failures when payloads are encrypted. Temporal's SDK loads this file by its path, into the workflows' bundle too.
import { DefaultFailureConverter, type FailureConverter } from '@temporalio/common'

const encoded = new DefaultFailureConverter({ encodeCommonAttributes: true })
const plain = new DefaultFailureConverter()

/**
 * Messages and stacks become payloads, and so are encrypted. The exception is a missing key: it is
 * reported in plain text, because the process that reports it has other keys than the one that reads it.
 */
export const failureConverter: FailureConverter = {
  errorToFailure: (error, converter, context) =>
    (isAboutKeys(error) ? plain : encoded).errorToFailure(error, converter, context),
  failureToError: (failure, converter, context) => encoded.failureToError(failure, converter, context),
}

function isAboutKeys(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const type = 'type' in error ? error.type : undefined
  const name = 'name' in error ? error.name : undefined
  return type === 'EncryptionKeyError' || name === 'EncryptionKeyError'
}

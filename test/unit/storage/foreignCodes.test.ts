import { expect, test } from 'vitest'
import { networkProblem, toTransportFailure } from '../../../loader/http/networkErrors.ts'
import { RunStoreError } from '../../../loader/storage/errors.ts'
import { s3Problem } from '../../../loader/storage/s3Errors.ts'

// Members of every object, which a table indexed by the code would answer with.
const MEMBERS = ['constructor', 'toString', 'hasOwnProperty', '__proto__']

function foreignError(code: string): Error {
  return Object.assign(new Error('no words for it'), { name: code, code })
}

test.each(MEMBERS)('an error of a server that is called %s is an error like any other', code => {
  const error = foreignError(code)
  expect(s3Problem(error)).toMatchObject({ code, reason: 'the S3 server reports: no words for it' })
  expect(networkProblem(error, 'the S3 server', 'the network')).toBe(undefined)
  expect(toTransportFailure(error, true)).toMatchObject({ code, message: 'no words for it' })
  expect(new RunStoreError('Reading', 'runs', 'report.json', error).message).toBe(
    `Reading report.json in the run store runs failed: no words for it (${code}). Check that runs can be read and written.`,
  )
})

import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure, TimeoutType } from '@temporalio/common'
import { expect, test } from 'vitest'
import { asApplicationFailure } from '../../../activities/failures.ts'
import { RunRejectedError } from '../../../loader/spec/runRejectedError.ts'
import { searchPairs } from '../../../packages/client/contract/searchAttributes.ts'
import { finalFailure, readableFailure } from '../../../workflows/failures.ts'

const failed = (cause: Error) =>
  new ActivityFailure('Activity task failed', 'stageSource', '7', RetryState.MAXIMUM_ATTEMPTS_REACHED, 'worker', cause)

test('the first line of a failure is the reason of its activity', () => {
  const reason = ApplicationFailure.create({ type: 'SourceEmptyError', message: 'The source file:a.csv is empty' })
  expect(readableFailure(failed(reason))).toMatchObject({ type: 'SourceEmptyError', message: reason.message })
})

test('an activity that timed out is reported by name, with where to look', () => {
  const failure = readableFailure(failed(new TimeoutFailure('activity timeout', undefined, TimeoutType.HEARTBEAT)))
  expect(failure).toMatchObject({
    type: 'StepTimedOutError',
    message: expect.stringMatching(/^The step stageSource timed out \(HEARTBEAT\): .*logs, then resume the run$/),
  })
})

test('an unknown error is reported as a bug and fails after five attempts', () => {
  const error = new TypeError('x is not a function')
  const message = "x is not a function (TypeError, a bug in Salesforce Link: see the worker's log and report it)"
  expect(asApplicationFailure(error, 1)).toMatchObject({ type: 'TypeError', message, nonRetryable: false })
  expect(asApplicationFailure(error, 5)).toMatchObject({ type: 'TypeError', message, nonRetryable: true })
})

test.each<[what: string, error: Error]>([
  ['an error of ours', new RunRejectedError('The source', ['x'.repeat(5_000_000)])],
  ['an unknown error', new TypeError(`${'ü'.repeat(3_000_000)}\ud800`)],
])('the failure of %s fits into Temporal, whatever a file or an org says', (_, error) => {
  const { message = '', type } = asApplicationFailure(error, 1) as ApplicationFailure
  expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4_000)
  expect(message.isWellFormed()).toBe(true)
  expect(type).toBe(error.name)
  const final = finalFailure('InputRejectedError', error.message, 'usage')
  expect(Buffer.byteLength(final.message)).toBeLessThanOrEqual(4_000)
})

test('the value of a search attribute fits into the visibility store', () => {
  const [pair] = searchPairs(['SflinkObject'], { SflinkObject: 'ü'.repeat(1_000_000) })
  expect(Buffer.byteLength(pair?.value ?? '')).toBeLessThanOrEqual(255)
})

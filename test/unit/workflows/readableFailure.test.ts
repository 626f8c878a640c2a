import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure, TimeoutType } from '@temporalio/common'
import { expect, test } from 'vitest'
import { asApplicationFailure } from '../../../activities/failures.ts'
import { readableFailure } from '../../../workflows/failures.ts'

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

import { describe, expect, test } from 'vitest'
import {
  answerFromSaveResult,
  failedAnswer,
  ingestColumns,
  isTransientError,
  parseSfError,
} from '../../../loader/results/recordAnswer.ts'

describe('the same failure has the same code and message through both engines', () => {
  test.each([
    [
      'REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --',
      'REQUIRED_FIELD_MISSING',
      'Required fields are missing: [LastName]',
    ],
    [
      'REQUIRED_FIELD_MISSING:Required fields are missing: [LastName, Company]:LastName,Company --',
      'REQUIRED_FIELD_MISSING',
      'Required fields are missing: [LastName, Company]',
    ],
    [
      'INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--',
      'INVALID_CROSS_REFERENCE_KEY',
      'invalid cross reference id',
    ],
    [
      'INVALID_EMAIL_ADDRESS:Email: invalid email address: XX:Email --',
      'INVALID_EMAIL_ADDRESS',
      'Email: invalid email address: XX',
    ],
    [
      'FIELD_CUSTOM_VALIDATION_EXCEPTION:Call -- us: now (10:30):--',
      'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      'Call -- us: now (10:30)',
    ],
    ['FIELD_CUSTOM_VALIDATION_EXCEPTION:two\nlines:Account.Name --', 'FIELD_CUSTOM_VALIDATION_EXCEPTION', 'two\nlines'],
  ])('%j', (sfError, statusCode, message) => {
    const bulk = failedAnswer(parseSfError(sfError))
    const collections = answerFromSaveResult(
      { success: false, errors: [{ statusCode, message, fields: [] }] },
      'create',
    )
    expect(bulk).toEqual(collections)
    expect(bulk).toEqual({ outcome: 'failed', id: '', errorCode: statusCode, errorMessage: message })
  })

  test('several errors of one record', () => {
    const both =
      'INVALID_EMAIL_ADDRESS:Email: invalid email address: XX:Email --STRING_TOO_LONG:City: too large:City --'
    const errors = [
      { statusCode: 'INVALID_EMAIL_ADDRESS', message: 'Email: invalid email address: XX' },
      { statusCode: 'STRING_TOO_LONG', message: 'City: too large' },
    ]
    const { errorCode, errorMessage } = answerFromSaveResult({ success: false, errors }, 'create')
    expect(parseSfError(both)).toEqual({ code: errorCode, message: errorMessage })
    expect(errorMessage).toBe('Email: invalid email address: XX; City: too large')
  })

  test('a code called like a member of every object is a code like any other', () => {
    expect(parseSfError('constructor:x:--')).toEqual({ code: 'constructor', message: 'x' })
    expect(parseSfError('toString:x:Name --')).toEqual({ code: 'toString', message: 'x' })
  })

  test('a missing reason is reported', () => {
    expect(parseSfError('')).toEqual({ code: 'UNKNOWN', message: 'Salesforce rejected the record and gave no reason' })
    expect(answerFromSaveResult({ success: false, errors: [] }, 'create').errorMessage).toBe(
      'Salesforce rejected the record and gave no reason',
    )
    expect(parseSfError('no code here')).toEqual({ code: 'UNKNOWN', message: 'no code here' })
  })
})

test.each([
  ['colons', 'E:'.concat(':'.repeat(400_000))],
  ['end marks', 'E:'.concat('--'.repeat(200_000))],
  ['end marks and blanks', 'E:'.concat('-- '.repeat(130_000))],
  ['codes without an end', 'E:'.concat('--A_'.repeat(100_000))],
  ['underscores', '_'.repeat(400_000)],
])('a reason of 400 kB of %s is read at once, and cut', (_, text) => {
  const begin = performance.now()
  const { errorMessage, errorCode } = failedAnswer(parseSfError(text))
  expect(performance.now() - begin).toBeLessThan(250)
  expect(errorMessage?.length).toBeLessThan(10_010)
  expect(errorCode?.length).toBeLessThan(110)
  const errors = [{ statusCode: 'X'.repeat(400_000), message: text }]
  const collections = answerFromSaveResult({ success: false, errors }, 'create')
  expect(collections.errorMessage.length).toBeLessThan(10_010)
  expect(collections.errorCode.length).toBeLessThan(110)
})

describe('a record that was written', () => {
  test('is read by column name', () => {
    expect(ingestColumns('successful', ['Name', 'SF__Created', 'sf__Id'])).toMatchObject({ id: 2, created: 1 })
    expect(ingestColumns('failed', ['Name', 'sf__Error'])).toMatchObject({ error: 1 })
  })

  test('was created by create, and by upsert when Salesforce reports it', () => {
    const result = { id: '003A', success: true, errors: [] }
    expect(answerFromSaveResult(result, 'create').outcome).toBe('created')
    expect(answerFromSaveResult(result, 'update').outcome).toBe('updated')
    expect(answerFromSaveResult({ ...result, created: true }, 'upsert').outcome).toBe('created')
    expect(answerFromSaveResult({ ...result, created: false }, 'upsert').outcome).toBe('updated')
  })

  test('a file without its columns is not a result file', () => {
    expect(() => ingestColumns('failed', ['<html>'])).toThrow(
      'The failed results of an ingest job have no column sf__Error; their columns: <html>',
    )
  })
})

test('locks and other transient errors are worth another attempt, an invalid value is not', () => {
  expect(isTransientError('UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record')).toBe(true)
  const trigger = 'execution of AfterInsert caused by: System.DmlException: UNABLE_TO_LOCK_ROW, unable to obtain…'
  expect(isTransientError('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', trigger)).toBe(true)
  expect(
    isTransientError('REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.'),
  ).toBe(true)
  expect(isTransientError('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.')).toBe(false)
  expect(isTransientError('STRING_TOO_LONG', 'City: data value too large')).toBe(false)
})

import { expect, test } from 'vitest'
import { isGovernorLimit } from '../../../loader/salesforce/governorLimit.ts'

const TRIGGER = 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY'

test.each([
  [TRIGGER, 'UserTrigger: System.LimitException: Apex CPU time limit exceeded'],
  [TRIGGER, 'LeadTrigger: execution of BeforeInsert caused by: System.LimitException: Too many SOQL queries: 101'],
  [TRIGGER, 'dlrs_ContactTrigger: System.LimitException: dlrs:Too many DML rows: 10001'],
  [TRIGGER, 'CaseTrigger: System.LimitException: npsp:Too many query rows: 50001'],
  [TRIGGER, 'Apex heap size too large: 12044257'],
  [
    'CANNOT_EXECUTE_FLOW_TRIGGER',
    'We can’t save this record because the “Score” process failed. Too many DML statements: 151',
  ],
  ['REQUEST_RUNNING_TOO_LONG', 'Your request was running for too long, and has been stopped.'],
  ['UNKNOWN_EXCEPTION', 'Too many batch retries in the presence of Apex triggers and partial failures.'],
  [TRIGGER, 'Cannot have more than 10 chunks in a single operation. Please rearrange the data to reduce chunking.'],
])('fewer records at a time may pass %s: %s', (code, message) => {
  expect(isGovernorLimit(code, message)).toBe(true)
})

test.each([
  [
    TRIGGER,
    'ContactTrigger: execution of BeforeInsert caused by: System.NullPointerException: Attempt to de-reference a null object',
  ],
  ['FIELD_CUSTOM_VALIDATION_EXCEPTION', 'Too many seats: 12'],
  ['STRING_TOO_LONG', 'Billing City: data value too large: Limit (max length=40)'],
  ['REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'],
  ['UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record'],
])('fewer records at a time do not help against %s: %s', (code, message) => {
  expect(isGovernorLimit(code, message)).toBe(false)
})

import { expect, test } from 'vitest'
import { messageTemplate } from '../../../loader/results/messageTemplate.ts'

test.each([
  [
    'FILE_NOT_FOUND',
    "Version Data: the file can't be sent: Ada.pdf: there is no file /data/Ada.pdf; check the path, or put the file there (column path)",
    'the file does not exist; check the path, or put the file there',
  ],
  [
    'REQUIRED_FIELD_MISSING',
    "Required fields are missing: [Name]; Body: the file can't be sent: Ada.pdf: there is no file /data/Ada.pdf; check the path (column path)",
    "Required fields are missing: [Name]; Body: the file can't be sent: …",
  ],
  [
    'PLAN_STALE',
    'The org has changed since the plan, so the record was not sent: LastName of Contact 003 was "Ada \\"the\\" one" then, and is "Bo" now. Plan again',
    'the org has changed since the plan, so the record was not sent',
  ],
  [
    'PARENT_NOT_FOUND',
    'Account ID: no Account has Name "Acme \\"the\\" one" and Site "C:\\\\" (column company)',
    'Account ID: no Account has Name … and Site … (column company)',
  ],
  [
    'PARENT_AMBIGUOUS',
    'Owner ID: 2 User records have Name "Ada": 005000000000001AAA, 005000000000002AAA; find them by more fields, or set many: first (column owner)',
    'Owner ID: 2 User records have Name …: …, …; find them by more fields, or set many: first (column owner)',
  ],
  [
    'REQUIRED_FIELD_MISSING',
    'Required fields are missing: [LastName, Company]',
    'Required fields are missing: [LastName, Company]',
  ],
  ['INVALID_EMAIL_ADDRESS', 'Email: invalid email address: Ada; or so', 'Email: invalid email address: …'],
  [
    'STRING_TOO_LONG',
    'Last Name: data value too large: Ada (max length=80) (max length=80)',
    'Last Name: data value too large: … (max length=80)',
  ],
  [
    'STRING_TOO_LONG',
    'Notes: data value too large: Ada (max length=32000)',
    'Notes: data value too large: … (max length=32000)',
  ],
  [
    'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    'Level: bad value for restricted picklist field: Ada',
    'Level: bad value for restricted picklist field: …',
  ],
  [
    'DUPLICATE_VALUE',
    'duplicate value found: Ext__c duplicates value on record with id: 003000000000001',
    'duplicate value found: Ext__c duplicates value on record with id: …',
  ],
  [
    'INVALID_FIELD',
    'Foreign key external ID: Ada not found for field Ext__c in entity Account',
    'Foreign key external ID: …',
  ],
  [
    'INVALID_VALUE',
    'Birthdate: Ada is not Ada is not a date; expected yyyy-MM-dd (column born)',
    'Birthdate: … is not a date; expected yyyy-MM-dd (column born)',
  ],
  [
    'INVALID_VALUE',
    'Score: Ada is not a number; expected digits (column score); Birthdate: Ada is not a date; expected yyyy-MM-dd (column born)',
    'Score: …, and other problems of the row',
  ],
  [
    'REQUIRED_FIELD_MISSING',
    'Required fields are missing: [LastName]; Birthdate: Ada is not a date; expected yyyy-MM-dd (column born)',
    'Required fields are missing: …, and other problems of the row',
  ],
  [
    'PARENT_NOT_FOUND',
    'Account: no Account has Name "The \\"Ada\\" is not a date; expected Ada Inc" (column company)',
    'Account: no Account has Name … (column company)',
  ],
  [
    'PARENT_AMBIGUOUS',
    'Account: rows 1 and 2 of the sync accounts both have ref "C:\\\\" and site "Ada \\" Ada"; give each parent its own',
    'Account: rows 1 and 2 of the sync accounts both have ref … and site …; give each parent its own',
  ],
  [
    'FIELD_INTEGRITY_EXCEPTION',
    'Mailing State: not a state of DE: Ada; use one of BY (Bavaria) (column state)',
    'Mailing State: not a state of DE: …',
  ],
  [
    'FIELD_INTEGRITY_EXCEPTION',
    'Mailing State: the name of several states of US: Ada; use one of WA (Washington) (column state)',
    'Mailing State: the name of several states of US: …',
  ],
  [
    'NUMBER_OUTSIDE_VALID_RANGE',
    'Site: value outside of valid range on numeric field: 95.2, 13.4: the latitude 95.2 is not between -90 and 90 (column place)',
    'Site: value outside of valid range on numeric field: …',
  ],
  [
    'INVALID_CROSS_REFERENCE_KEY',
    'Record Type ID: no record type has the name: Ada; use one of Partner',
    'Record Type ID: no record type has the name: …',
  ],
  [
    'INVALID_CROSS_REFERENCE_KEY',
    'Record Type ID: the record type is not active: Ada; activate it in the org, or use another one',
    'Record Type ID: the record type is not active: …',
  ],
  [
    'INVALID_CROSS_REFERENCE_KEY',
    'Record Type ID: several record types have the name: Ada; use the developer name: A, B',
    'Record Type ID: several record types have the name: …',
  ],
  ['FIELD_CUSTOM_VALIDATION_EXCEPTION', 'Not allowed: "Ada, whose name is cut', 'Not allowed: …'],
  ['constructor', 'Email: ada@example.com', 'Email: …'],
  ['__proto__', 'Amount is short', 'Amount is short'],
  ['KEY_NOT_FOUND', 'Key field: no Contact has Name Ada', 'Key field: no record has this key'],
  [
    'FIELD_CUSTOM_VALIDATION_EXCEPTION',
    'Say who: ada@example.com has no "Ada" in 47110815',
    'Say who: … has no … in …',
  ],
  ['FIELD_CUSTOM_VALIDATION_EXCEPTION', 'Amounts over 100 need\n an approval', 'Amounts over 100 need an approval'],
  ['DELETED', 'x'.repeat(500), `${'x'.repeat(200)}…`],
])('%s: %s', (errorCode, message, template) => {
  expect(messageTemplate(errorCode, message)).toBe(template)
})

test('a message of a million digits is searched at once', () => {
  const began = performance.now()
  expect(messageTemplate('ANY', `max length=${'1'.repeat(1_000_000)}`)).toHaveLength(201)
  expect(performance.now() - began).toBeLessThan(1_000)
})

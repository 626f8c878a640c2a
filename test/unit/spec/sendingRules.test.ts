import { expect, test } from 'vitest'
import { parseSyncSpec } from '../../../loader/spec/parseSyncSpec.ts'
import { withEngine } from '../../../loader/spec/sendingRules.ts'

const BASE = {
  connection: 'production',
  object: 'Lead',
  operation: 'create',
  source: { uri: 'file:data/leads.csv' },
  fields: { LastName: 'last_name' },
}

const problemsOf = (given: object): readonly string[] => {
  const parsed = parseSyncSpec({ ...BASE, ...given })
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

test.each([
  [
    'duplicates that a job should save',
    { duplicateRules: 'allowSave', engine: 'bulk' },
    'duplicateRules: allowSave needs sObject Collections: set engine to collections or auto, or duplicateRules to enforce',
  ],
  [
    'duplicates and a hard delete',
    { duplicateRules: 'allowSave', hardDelete: true, operation: 'delete', fields: { Id: 'id' } },
    'duplicateRules: allowSave needs sObject Collections, and hardDelete Bulk API 2.0; leave one of them out',
  ],
  [
    'another word for duplicates',
    { duplicateRules: 'allow' },
    'duplicateRules: expected one of enforce, allowSave; given "allow"',
  ],
  [
    'an Id of another object',
    { assignmentRule: '00Q5f00000AbCdEAAV' },
    'assignmentRule: expected true, false or the Id of an assignment rule, which begins with 01Q; given "00Q5f00000AbCdEAAV"',
  ],
  [
    'an Id that is cut',
    { assignmentRule: '01Q5f00000AbCd' },
    'assignmentRule: expected true, false or the Id of an assignment rule, which begins with 01Q; given "01Q5f00000AbCd"',
  ],
  [
    'a rule of an object that has none',
    { object: 'Contact', assignmentRule: '01Q5f000000AbCdEAK' },
    'assignmentRule: an Id is for Lead and Case, not for Contact; leave assignmentRule out',
  ],
  [
    'no records in a request',
    { collections: { recordsPerRequest: 0 } },
    'collections.recordsPerRequest: expected at least 1; given 0',
  ],
  [
    'too many records in a request',
    { collections: { recordsPerRequest: 201 } },
    'collections.recordsPerRequest: expected at most 200; given 201',
  ],
])('rejects %s', (_, given, problem) => {
  expect(problemsOf(given)).toEqual([problem])
})

test.each([
  { assignmentRule: '01Q5f000000AbCd', object: 'case' },
  { assignmentRule: '01Q5f000000AbCdEAK' },
  { assignmentRule: true, object: 'Account', fields: { Name: 'name' } },
  { duplicateRules: 'allowSave', engine: 'collections', collections: { recordsPerRequest: 1 } },
])('accepts %o', given => {
  expect(problemsOf(given)).toEqual([])
})

test.each([
  ['allowSave', 'auto', 'collections'],
  ['enforce', 'auto', 'auto'],
  ['enforce', 'bulk', 'bulk'],
])('duplicateRules %s with engine %s are loaded by %s', (duplicateRules, engine, needed) => {
  const parsed = parseSyncSpec({ ...BASE, duplicateRules, engine })
  expect(parsed.ok && withEngine(parsed.spec).engine).toBe(needed)
})

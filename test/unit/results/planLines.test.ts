import { expect, test } from 'vitest'
import { compilePlanLine, type PlannedRecord, planHeader } from '../../../loader/results/planLines.ts'
import { planOf } from '../../rig/describes.ts'

const plan = planOf({
  operation: 'update',
  keyField: 'Email',
  fields: { LastName: 'last', FirstName: 'first', Email: 'mail' },
  identityFields: ['mail'],
})

const RECORD: PlannedRecord = {
  row: 7,
  verdict: 'update',
  operation: 'update',
  id: '003000000000001AAA',
  changes: [],
  errorCode: '',
  errorMessage: '',
}

const lineOf = (record: Partial<PlannedRecord>): string => compilePlanLine(plan)({ ...RECORD, ...record }, ',x@y.org')

test('has the identity fields, and two columns for each mapped field', () => {
  expect(planHeader(plan)).toBe(
    'row,verdict,operation,id,changed,errorcode,errormessage,mail,old.LastName,new.LastName,old.FirstName,new.FirstName,old.Email,new.Email\n',
  )
})

test.each<[Partial<PlannedRecord>, string]>([
  [
    {
      changes: [
        { field: 'LastName', old: 'Old', new: 'New, "it"' },
        { field: 'FirstName', old: 'CEO', new: '' },
      ],
    },
    '7,update,update,003000000000001AAA,LastName;FirstName,,,x@y.org,Old,"New, ""it""",CEO,,,\n',
  ],
  [{ verdict: 'unchanged' }, '7,unchanged,update,003000000000001AAA,,,,x@y.org,,,,,,\n'],
  [
    { verdict: 'create', operation: 'upsert', id: '', changes: [{ field: 'FirstName', old: '', new: 'CEO' }] },
    '7,create,upsert,,,,,x@y.org,,,,CEO,,\n',
  ],
  [
    { verdict: 'rejected', operation: '', id: '', errorCode: 'KEY_NOT_FOUND', errorMessage: 'no, none' },
    '7,rejected,,,,KEY_NOT_FOUND,"no, none",x@y.org,,,,,,\n',
  ],
])('writes the line of %j', (record, line) => {
  expect(lineOf(record)).toBe(line)
})

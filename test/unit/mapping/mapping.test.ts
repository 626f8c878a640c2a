import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileMapping } from '../../../loader/mapping/mapping.ts'
import { field, object, planOf, type SpecParts } from '../../rig/describes.ts'

function mapping(parts: SpecParts, header: readonly string[]) {
  const compiled = compileMapping(planOf(parts), header)
  if (!compiled.ok) throw new Error(compiled.problems.join('\n'))
  return compiled.mapping
}

const HEADER = ['todo', 'last', 'mail', 'ext', 'born', 'vip', 'phone']
const FIELDS = {
  LastName: 'last',
  Email: 'mail',
  Ext_Id__c: 'ext',
  Birthdate: 'born',
  HasOptedOutOfEmail: 'vip',
  Phone: 'phone',
  LeadSource: { value: 'Campaign' },
}
const MIXED: SpecParts = {
  operation: { column: 'todo' },
  keyField: 'Email',
  externalIdField: 'Ext_Id__c',
  fields: FIELDS,
  identityFields: ['ext', 'mail'],
  formats: { dates: ['dd.MM.yyyy'] },
}

describe('a row is mapped', () => {
  const { mapRow, identity } = mapping(MIXED, HEADER)

  test('to the cells of its operation, which may be in any letter case', () => {
    expect(mapRow(['CREATE', ' Aster ', 'A@b.example', 'X1', '1.2.1990', 'yes', ''])).toEqual({
      rejected: false,
      operation: 'create',
      cells: ['Aster', 'A@b.example', 'X1', '1990-02-01', 'true', '', 'Campaign'],
      keys: ['X1'],
      keyFields: ['Ext_Id__c'],
      repeatKey: 'Ext_Id__c x1',
    })
  })

  test('on update with a cell for the Id, without the key, and with the key in the form of the lookup', () => {
    expect(mapRow([' update', '', 'A@b.example', 'X1', '', '', '1'])).toEqual({
      rejected: false,
      operation: 'update',
      cells: ['', '', 'X1', '', '', '1', 'Campaign'],
      keys: ['A@b.example'],
      keyFields: ['Email'],
      repeatKey: 'Email a@b.example',
    })
  })

  test('on upsert with the External ID as key, which is distinct from an update key', () => {
    const row = mapRow(['Upsert', '', '', 'X1', '', '', ''])
    expect(row).toMatchObject({ operation: 'upsert', keys: ['X1'], repeatKey: 'Ext_Id__c x1' })
  })

  test('and keeps its identity as in the source', () => {
    expect(identity(['Create', 'Aster', ' A@b.example', 'X1', '', '', ''])).toEqual(['X1', ' A@b.example'])
  })

  test('to create without a key where none is mapped or the unique External ID is blank', () => {
    expect(mapRow(['Create', 'Aster', '', '', '', '', ''])).toMatchObject({
      rejected: false,
      keys: [''],
      repeatKey: '',
    })
    const plain = mapping({ fields: { LastName: 'last' } }, ['last'])
    expect(plain.mapRow(['Aster'])).toMatchObject({ rejected: false, keys: [], keyFields: [], repeatKey: '' })
  })

  test('with the key unchanged where the run has only one key field', () => {
    const one = mapping({ operation: 'update', keyField: 'Email', fields: { Email: 'mail', Phone: 'p' } }, [
      'mail',
      'p',
    ])
    expect(one.mapRow(['A@b.example', '1'])).toMatchObject({ repeatKey: 'a@b.example' })
  })

  test('by several fields together, whatever characters their values have', () => {
    const parts: SpecParts = {
      operation: 'update',
      keyField: ['LastName', 'Email'],
      fields: { LastName: 'last', Email: 'mail', Phone: 'p' },
    }
    const { mapRow: mapKeys } = mapping(parts, ['last', 'mail', 'p'])
    const repeatKey = (last: string, mail: string) => {
      const row = mapKeys([last, mail, '1'])
      return row.rejected ? row.errorMessage : row.repeatKey
    }
    expect(mapKeys(['Aster', 'A@b.example', '1'])).toMatchObject({
      cells: ['', '1'],
      keys: ['Aster', 'A@b.example'],
      keyFields: ['LastName', 'Email'],
    })
    expect(repeatKey(' ASTER', 'a@B.example')).toBe(repeatKey('Aster', 'A@b.example'))
    expect(repeatKey('a","b', 'c@x.org')).not.toBe(repeatKey('a', 'b","c@x.org'))
    expect(repeatKey('Aster', ' ')).toBe('Key field: Email is not present in data')
    expect(repeatKey('', '')).toBe('Key field: LastName is not present in data')
  })

  test('by Id, in its long form', () => {
    const byId = mapping({ operation: 'update', fields: { Id: 'id', LastName: 'last' } }, ['id', 'last'])
    expect(byId.mapRow(['0037e00001WZ30q', 'Aster'])).toMatchObject({
      cells: ['0037e00001WZ30qAAD', 'Aster'],
      keys: ['0037e00001WZ30qAAD'],
    })
    expect(byId.mapRow(['0017e00001WZ30q', 'Aster'])).toMatchObject({
      errorMessage: 'Record ID: id value of incorrect type: 0017e00001WZ30q; Ids of this object begin with 003',
    })
  })
})

describe('a rejected row has an error code and a message', () => {
  const { mapRow, identity } = mapping(MIXED, HEADER)

  test.each<[string, readonly string[], string, string, string]>([
    [
      'no operation',
      ['', 'Aster', '', '', '', '', ''],
      '',
      'INVALID_OPERATION',
      'No operation is given; expected Create, Update, Upsert or Delete (column todo)',
    ],
    [
      'an unknown operation',
      ['Remove', 'Aster', '', '', '', '', ''],
      '',
      'INVALID_OPERATION',
      'Remove is not an operation; expected Create, Update, Upsert or Delete (column todo)',
    ],
    [
      'a required field blank',
      ['Create', ' ', '', '', '', '', ''],
      'create',
      'REQUIRED_FIELD_MISSING',
      'Required fields are missing: [LastName]',
    ],
    [
      'a blank key',
      ['Update', 'Aster', '\t', '', '', '', ''],
      'update',
      'KEY_BLANK',
      'Key field: Email is not present in data',
    ],
    [
      'a blank External ID',
      ['Upsert', 'Aster', '', '', '', '', ''],
      'upsert',
      'KEY_BLANK',
      'Key field: Ext_Id__c is not present in data',
    ],
    [
      'a field that is not a key',
      ['Update', 'Aster', 'XX', '', '', '', ''],
      'update',
      'INVALID_EMAIL_ADDRESS',
      'Email: invalid email address: XX',
    ],
    [
      'all errors at once',
      ['Create', '', 'XX', '', 'soon', '', ''],
      'create',
      'REQUIRED_FIELD_MISSING',
      'Required fields are missing: [LastName]; Email: invalid email address: XX; Birthdate: soon is not a date; expected yyyy-MM-dd or dd.MM.yyyy (column born)',
    ],
    [
      'too few values',
      ['Create', 'Aster'],
      '',
      'RAGGED_ROW',
      'Row has 2 values, the header has 7 columns; it lacks "mail", "ext", "born", "vip", "phone": complete it, or set shortRows: fill beside the uri of the source if such values are blank',
    ],
    [
      'too many values',
      ['Create', 'Aster', '', '', '', '', '', ''],
      '',
      'RAGGED_ROW',
      'Row has 8 values, the header has 7 columns; give each column a name in the header, or remove the values behind the last one',
    ],
  ])('%s', (_name, row, operation, errorCode, errorMessage) => {
    expect(mapRow(row)).toEqual({ rejected: true, operation, errorCode, errorMessage })
  })

  test('an operation without a key in the spec', () => {
    const createOnly = mapping({ operation: { column: 'todo' }, fields: { LastName: 'last' } }, ['todo', 'last'])
    expect(createOnly.mapRow(['Update', 'Aster'])).toMatchObject({
      operation: 'update',
      errorMessage: 'The sync spec has no keyField, so no record can be found for update (column todo)',
    })
  })

  test('a record to create without any value, because its line would be blank', () => {
    const note = object('Note__c', [field('Name')])
    const compiled = compileMapping(planOf({ fields: { Name: 'name' } }, note), ['name'])
    expect(compiled.ok && compiled.mapping.mapRow([' '])).toMatchObject({
      rejected: true,
      errorMessage: 'Row has no value to send',
    })
  })

  test('a ragged row keeps the identity values that it has', () => {
    expect(identity(['Create', 'Aster'])).toEqual(['', ''])
  })

  test('no row makes the mapping throw, and every accepted row has a cell per column', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 6, maxLength: 6 }), values => {
        for (const operation of ['create', 'update', 'upsert']) {
          const row = mapRow([operation, ...values])
          if (!row.rejected) expect(row.cells.filter(cell => typeof cell === 'string')).toHaveLength(7)
        }
      }),
    )
  })
})

describe('a blank value', () => {
  const fields = { LastName: 'last', Email: 'mail', Phone: 'phone', HasOptedOutOfEmail: 'vip', OwnerId: 'owner' }
  const header = ['last', 'mail', 'phone', 'vip', 'owner']
  const update: SpecParts = { operation: 'update', keyField: 'Email', fields }

  test('is omitted by default', () => {
    const row = mapping(update, header).mapRow(['', 'a@b.example', ' ', '', ''])
    expect(row).toMatchObject({ cells: ['', '', '', '', ''] })
  })

  test('clears the field with blank: clear, except a checkbox, which has no blank state', () => {
    const owner = '0057e00001WZ30q'
    const row = mapping({ ...update, blank: 'clear' }, header).mapRow(['Aster', 'a@b.example', '', '', owner])
    expect(row).toMatchObject({ cells: ['', 'Aster', '#N/A', '', expect.stringContaining(owner)] })
  })

  test('cannot clear a field that must have a value', () => {
    const row = mapping({ ...update, blank: 'clear' }, header).mapRow(['', 'a@b.example', '', '', ''])
    expect(row).toMatchObject({ errorMessage: 'Required fields are missing: [LastName, OwnerId]' })
  })

  test('on create leaves a field with a default value to the org', () => {
    const row = mapping({ fields, blank: 'clear' }, header).mapRow(['Aster', '', '', '', ''])
    expect(row).toMatchObject({ cells: ['Aster', '#N/A', '#N/A', '', ''] })
  })
})

test('every missing column is reported with the nearest name', () => {
  const compiled = compileMapping(planOf(MIXED), ['lats', 'mail', 'born', 'vip', 'phone'])
  expect(compiled).toEqual({
    ok: false,
    problems: [
      'fields.LastName: column "last" is not in the header of the source; did you mean "lats"?',
      'fields.Ext_Id__c: column "ext" is not in the header of the source',
      'operation: column "todo" is not in the header of the source',
      'identityFields: column "ext" is not in the header of the source',
    ],
  })
})

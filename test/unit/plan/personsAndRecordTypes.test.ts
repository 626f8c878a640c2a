import { describe, expect, test } from 'vitest'
import { compileMapping } from '../../../loader/mapping/mapping.ts'
import { parentObjects } from '../../../loader/plan/relationship.ts'
import { wireColumns } from '../../../loader/plan/syncPlan.ts'
import { field, object, planOf, type SpecParts, specOf } from '../../rig/describes.ts'

describe('an account of an org with person accounts', () => {
  const account = object('Account', [
    field('Name', { nillable: false }),
    field('FirstName'),
    field('LastName'),
    field('Site'),
  ])

  test('needs no Name where LastName is mapped', () => {
    const plan = planOf({ fields: { FirstName: 'first', lastname: 'last' } }, account)
    expect(plan.fields.map(({ name }) => name)).toEqual(['FirstName', 'LastName'])
  })

  test('may have either in a source of persons and companies', () => {
    const compiled = compileMapping(planOf({ fields: { Name: 'company', LastName: 'last' } }, account), [
      'company',
      'last',
    ])
    const mapRow = compiled.ok ? compiled.mapping.mapRow : undefined
    expect([mapRow?.(['Acme', '']), mapRow?.(['', 'Weber'])]).toMatchObject([
      { rejected: false, cells: ['Acme', ''] },
      { rejected: false, cells: ['', 'Weber'] },
    ])
  })

  test.each([{ Site: 'site' }, { Site: 'site', Name: 'name' }, { Site: 'site', Name: 'name', LastName: 'last' }])(
    'needs one of them in each row: %j',
    fields => {
      const compiled = compileMapping(planOf({ fields }, account), ['site', 'name', 'last'])
      expect(compiled.ok && compiled.mapping.mapRow(['Berlin', '', ''])).toMatchObject({
        rejected: true,
        errorMessage: 'Required fields are missing: [Name]; a person has LastName instead',
      })
    },
  )
})

describe('a record type is given by its name', () => {
  const types = [
    {
      recordTypeId: '0125f000000ParAAAS',
      developerName: 'Partner_Account',
      name: 'Partner',
      active: true,
      master: false,
    },
    {
      recordTypeId: '0125f000000BusAAAS',
      developerName: 'Business_Account',
      name: 'Twin',
      active: true,
      master: false,
    },
    { recordTypeId: '0125f000000ConAAAS', developerName: 'Consumer', name: 'Twin', active: true, master: false },
    { recordTypeId: '0125f000000OldAAAS', developerName: 'Old', name: 'Old', active: false, master: false },
    { recordTypeId: '012000000000000AAA', developerName: 'Master', name: 'Master', active: true, master: true },
  ]
  const recordType = field('RecordTypeId', {
    label: 'Record Type ID',
    type: 'reference',
    referenceTo: ['RecordType'],
    relationshipName: 'RecordType',
  })
  const typed = object('Contact', [field('LastName', { nillable: false }), recordType], { recordTypes: types })
  const parts: SpecParts = { fields: { LastName: 'last', 'RecordType.DeveloperName': 'type' } }
  const compiled = compileMapping(planOf(parts, typed), ['last', 'type'])
  const typeOf = (given: string) => (compiled.ok ? compiled.mapping.mapRow(['Weber', given]) : undefined)

  test('which is sent as its Id, in any letter case, and a blank one is left to the org', () => {
    expect(wireColumns(planOf(parts, typed), 'create').map(({ name }) => name)).toEqual(['LastName', 'RecordTypeId'])
    expect(['Partner_Account', ' partner_account', 'Partner', ''].map(typeOf)).toMatchObject([
      { cells: ['Weber', '0125f000000ParAAAS'] },
      { cells: ['Weber', '0125f000000ParAAAS'] },
      { cells: ['Weber', '0125f000000ParAAAS'] },
      { cells: ['Weber', ''] },
    ])
  })

  test.each(['No_Such_Type', 'Master', 'constructor'])('and %s is rejected with the names', given => {
    expect(typeOf(given)).toMatchObject({
      rejected: true,
      errorMessage: `Record Type ID: no record type has the name: ${given}; use one of Partner_Account, Business_Account, Consumer`,
    })
  })

  test.each([
    ['Twin', 'several record types have the name: Twin; use the developer name: Business_Account, Consumer'],
    ['OLD', 'the record type is not active: OLD; activate it in the org, or use another one'],
  ])('and %s is rejected with the reason', (given, reason) => {
    expect(typeOf(given)).toMatchObject({ rejected: true, errorMessage: `Record Type ID: ${reason}` })
  })

  test('or by an Id that a record type of the object has, also an inactive one', () => {
    const byId = compileMapping(planOf({ fields: { LastName: 'last', RecordTypeId: 'type' } }, typed), ['last', 'type'])
    const cellOf = (given: string) => {
      const row = byId.ok ? byId.mapping.mapRow(['Weber', given]) : undefined
      return row?.rejected === false ? row.cells[1] : row?.errorMessage
    }
    expect([cellOf('0125f000000ParA'), cellOf('0125f000000OldAAAS'), cellOf('')]).toEqual([
      '0125f000000ParAAAS',
      '0125f000000OldAAAS',
      '',
    ])
    expect(cellOf('0125f000000XyzAAAS')).toBe(
      'Record Type ID: invalid cross reference id: 0125f000000XyzAAAS is no record type of the object; use one of 0125f000000ParAAAS (Partner_Account), 0125f000000BusAAAS (Business_Account), 0125f000000ConAAAS (Consumer)',
    )
    expect(cellOf('Partner_Account')).toMatch(/map RecordType.DeveloperName instead of RecordTypeId$/)
  })

  test('finds a record together with another field', () => {
    const keyField = ['LastName', 'recordtype.developername']
    const fields = { LastName: 'last', 'RecordType.DeveloperName': 'type', Title: 'title' }
    const withTitle = { ...typed, fields: [...typed.fields, field('Title')] }
    const plan = planOf({ operation: 'update', keyField, fields }, withTitle)
    expect(plan.keyFields).toEqual(['LastName', 'RecordTypeId'])
    expect(wireColumns(plan, 'update').map(({ name }) => name)).toEqual(['Id', 'Title'])
  })

  test('needs no description of the object RecordType', () => {
    expect(parentObjects(specOf(parts), typed)).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { fullAccess, restrictedAccess, type UserAccess } from '../../schema/access.ts'
import { standardSchema } from '../../schema/catalog.ts'
import { describeGlobal, describeObject } from '../../schema/describe.ts'
import type { ObjectSchema } from '../../schema/types.ts'

const schemas = standardSchema()
function described(name: string, access: UserAccess) {
  return describeObject(schemas.get(name.toLowerCase()) as ObjectSchema, access, '52.0')
}

function field(objectName: string, name: string, access: UserAccess) {
  return described(objectName, access).fields.find(found => found.name === name)
}

describe('describe global', () => {
  test('lists every object with its recorded abilities', () => {
    const { encoding, maxBatchSize, sobjects } = describeGlobal(schemas.values(), fullAccess(), '52.0')
    expect({ encoding, maxBatchSize }).toEqual({ encoding: 'UTF-8', maxBatchSize: 200 })
    expect(sobjects.map(({ name }) => name)).toEqual(
      'Account AssignmentRule Attachment Campaign CampaignMember Case Contact ContentDocument ContentDocumentLink ContentVersion Group Invoice__c Lead Opportunity Organization RecordType Task User UserPermissionAccess'.split(
        ' ',
      ),
    )
    expect(sobjects.find(({ name }) => name === 'Account')).toEqual({
      activateable: false,
      associateEntityType: null,
      associateParentEntity: null,
      createable: true,
      custom: false,
      customSetting: false,
      deepCloneable: false,
      deletable: true,
      deprecatedAndHidden: false,
      feedEnabled: true,
      hasSubtypes: false,
      isInterface: false,
      isSubtype: false,
      keyPrefix: '001',
      label: 'Account',
      labelPlural: 'Accounts',
      layoutable: true,
      mergeable: true,
      mruEnabled: true,
      name: 'Account',
      queryable: true,
      replicateable: true,
      retrieveable: true,
      searchable: true,
      triggerable: true,
      undeletable: true,
      updateable: true,
      urls: {
        compactLayouts: '/services/data/v52.0/sobjects/Account/describe/compactLayouts',
        rowTemplate: '/services/data/v52.0/sobjects/Account/{ID}',
        approvalLayouts: '/services/data/v52.0/sobjects/Account/describe/approvalLayouts',
        listviews: '/services/data/v52.0/sobjects/Account/listviews',
        describe: '/services/data/v52.0/sobjects/Account/describe',
        quickActions: '/services/data/v52.0/sobjects/Account/quickActions',
        layouts: '/services/data/v52.0/sobjects/Account/describe/layouts',
        sobject: '/services/data/v52.0/sobjects/Account',
      },
    })
    expect(sobjects.find(({ name }) => name === 'Organization')).toMatchObject({ createable: false, keyPrefix: '00D' })
  })
})

describe('access', () => {
  const access = restrictedAccess({
    Contact: { create: false, hidden: ['birthdate'], readOnly: ['Title'] },
    Lead: { read: false },
  })

  test('a hidden field is absent from describe, a read-only field is not writable', () => {
    expect(field('Contact', 'Birthdate', access)).toBeUndefined()
    expect(field('Contact', 'Title', access)).toMatchObject({ createable: false, updateable: false })
    expect(field('Contact', 'Department', access)).toMatchObject({ createable: true, updateable: true })
  })

  test('both describes show the rights on an object', () => {
    expect(described('Contact', access)).toMatchObject({ createable: false, updateable: true })
    expect(described('Account', access)).toMatchObject({ createable: true })
    const names = describeGlobal(schemas.values(), access, '52.0').sobjects.map(({ name }) => name)
    expect(names).toContain('Contact')
    expect(names).not.toContain('Lead')
  })
})

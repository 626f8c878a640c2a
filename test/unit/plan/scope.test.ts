import { expect, test } from 'vitest'
import { planInOrg } from '../../../loader/plan/plan.ts'
import { specOf } from '../../rig/describes.ts'
import { connectToEmulator, fileEmulator } from '../salesforce/authSettings.ts'

const { signal } = new AbortController()
const connection = connectToEmulator(await fileEmulator())

const planned = (scope: string, more: object = {}) => {
  const fields = { LastName: 'last', Email: 'mail' }
  const mirror = { operation: 'update', keyField: 'Email', missing: 'report', scope, fields, ...more } as const
  return planInOrg(connection, specOf(mirror), signal)
}

test.each(["LeadSource = 'Web'", 'Id != null', "LastName != 'x' OR LastName = 'x'"])(
  'a scope that matches the whole object is rejected: %s',
  async scope => {
    await expect(planned(scope)).rejects.toThrow(
      'The load into Contact: scope: matches every Contact record of the org; narrow it to the records that the source is to have, so that no other counts as missing',
    )
  },
)

test('a scope that matches a part of the object is accepted, and one that matches nothing', async () => {
  expect((await planned("Email LIKE 'contact00%'")).plan.missing).toEqual({
    ...{ action: 'report', scope: "Email LIKE 'contact00%'", values: {} },
  })
  await expect(planned("Email = 'absent@example.com'")).resolves.toBeDefined()
})

test('a scope of an object without records is accepted', async () => {
  const fields = { Title__c: 'title', Legacy_Key__c: 'key' }
  const more = { object: 'Invoice__c', operation: 'update', keyField: 'Legacy_Key__c', fields }
  await expect(planned("Title__c = 'x'", more)).resolves.toBeDefined()
})

test('a scope that Salesforce rejects is rejected with its words', async () => {
  await expect(planned("Regoin__c = 'EMEA'")).rejects.toThrow(
    /^The load into Contact: scope: Salesforce rejects it: INVALID_FIELD: .*Regoin__c/s,
  )
})

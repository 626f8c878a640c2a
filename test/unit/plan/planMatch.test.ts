import { expect, test } from 'vitest'
import { planInOrg } from '../../../loader/plan/plan.ts'
import { specOf } from '../../rig/describes.ts'
import { connectToEmulator, fileEmulator } from '../salesforce/authSettings.ts'

const { signal } = new AbortController()
const connection = connectToEmulator(await fileEmulator())
const fields = { Email: 'mail', LastName: 'last' }
const plan = (where: string) =>
  planInOrg(connection, specOf({ operation: 'update', keyField: 'Email', fields, match: { where } }), signal)

test.each(["Title = 'Chair' OR Title = null", "Account.Name = 'Aster' AND (NOT Email = null)"])(
  'a match may be any condition that the org accepts: %s',
  async where => {
    expect((await plan(where)).plan.matchWhere).toBe(where)
  },
)

test.each([
  ["Account.Nam = 'Aster'", 'INVALID_FIELD'],
  ['CreatedDate > yesterdayish', ''],
])('a match that the org rejects stops the run before the source is read: %s', async (where, code) => {
  await expect(plan(where)).rejects.toThrow(
    `The load into Contact: match.where: Salesforce rejects the conditions: ${code}`,
  )
})

import { expect, test } from 'vitest'
import { planInOrg } from '../../../loader/plan/plan.ts'
import { specOf } from '../../rig/describes.ts'
import { connectToEmulator, fileEmulator } from '../salesforce/authSettings.ts'
import { collect } from '../salesforce/scriptedOrg.ts'

const { signal } = new AbortController()

const FIND = "find the Id of yours: SELECT Id, Name FROM AssignmentRule WHERE SobjectType = 'Lead'"

test('an assignment rule is one of the object in the org, before anything is sent', async () => {
  const assignmentRules = [
    { object: 'Lead', name: 'Leads', owner: 'Leads' },
    { object: 'Case', name: 'Cases', owner: 'Cases' },
  ]
  const connection = connectToEmulator(await fileEmulator({ assignmentRules }))
  const rules = await collect(connection.query('SELECT Id, Name FROM AssignmentRule'))
  const idOf = (name: string) => String(rules.find(({ Name }) => Name === name)?.['Id'])
  const planned = (assignmentRule: string | boolean) =>
    planInOrg(
      connection,
      specOf({ object: 'Lead', fields: { LastName: 'last', Company: 'company' }, assignmentRule }),
      signal,
    )
  await expect(planned('01Q000000000000')).rejects.toThrow(
    `The load into Lead: assignmentRule: 01Q000000000000 is not an assignment rule of the org; ${FIND}`,
  )
  await expect(planned(idOf('Cases'))).rejects.toThrow(`${idOf('Cases')} is a rule of Case, not of Lead; ${FIND}`)
  for (const right of [true, false, idOf('Leads')]) expect((await planned(right)).plan.assignmentRule).toBe(right)
})

// The package as a service uses it: runs of flows.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { planFlow, runFlow } from '../../../packages/client/index.ts'
import { fileRig } from '../../rig/loadRig.ts'
import { schemaErrors } from '../../rig/publishedSchema.ts'

const mark = randomUUID().slice(0, 8)
const [flow, accounts, contacts] = [`flow-${mark}`, `accounts-${mark}`, `contacts-${mark}`]

const SYNC = { connection: 'org-1', operation: 'create', source: { uri: 'file:data/none.csv' } } as const
const rig = await fileRig({
  syncs: {
    [accounts]: { ...SYNC, object: 'Account', fields: { Name: 'name' }, identityFields: ['name'] },
    [contacts]: {
      ...{ ...SYNC, object: 'Contact' },
      fields: { LastName: 'last', AccountId: { sync: accounts, from: 'company' } },
    },
  },
  places: { flows: new Map([[flow, { syncs: [accounts, contacts] }]]) },
})
const org = await rig.openOrg()
const queue = { taskQueue: rig.taskQueue }

const specs = {
  [accounts]: { source: { inline: [{ name: `Acme ${mark}` }] } },
  [contacts]: { source: { inline: [{ last: 'Aster', company: `Acme ${mark}` }] } },
}

test('a flow is planned, and run once whatever the number of requests; another input under its label is rejected', async () => {
  const plan = await planFlow(rig.client, { flow, label: 'plan', specs }, queue)
  expect(plan).toMatchObject({ outcome: 'planned', verdicts: { create: 2 } })
  expect(schemaErrors('planFlow.report', plan)).toEqual([])
  const request = { flow, label: 'day', specs }
  const [first, second] = await Promise.all([
    runFlow(rig.client, request, queue),
    runFlow(rig.client, { ...request, specs: { ...specs } }, queue),
  ])
  expect(second).toEqual(first)
  expect(first).toMatchObject({ runId: `${flow}.day`, outcome: 'completed', tally: { created: 2 } })
  expect(schemaErrors('runFlow.report', first)).toEqual([])
  expect(await org.records('Contact', 'LastName')).toHaveLength(1)
  const other = { ...request, scheduledTime: '2026-11-25T01:00:00Z' }
  await expect(runFlow(rig.client, other, queue)).rejects.toMatchObject({ name: 'RunDiffersError' })
  await expect(planFlow(rig.client, request, queue)).rejects.toMatchObject({ name: 'RunDiffersError' })
})

test('what a flow cannot be is an error of the request, with the reason of the worker', async () => {
  await expect(runFlow(rig.client, { flow, label: 'a/b' }, queue)).rejects.toThrow(
    `A load is named by a flow (letters, digits, _ and -) and a label without / and \\; given flow "${flow}" and label "a/b"`,
  )
  await expect(runFlow(rig.client, { flow: 'nightly', label: '1' }, queue)).rejects.toMatchObject({
    name: 'InputRejectedError',
    kind: 'usage',
    message: expect.stringContaining("the worker's configuration has no such flow; it has"),
  })
})

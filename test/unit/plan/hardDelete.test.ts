import { expect, test } from 'vitest'
import { planInOrg } from '../../../loader/plan/plan.ts'
import { DEFAULT_USER } from '../../../packages/emulator/index.ts'
import { specOf } from '../../rig/describes.ts'
import { connectToEmulator, fileEmulator } from '../salesforce/authSettings.ts'

const { signal } = new AbortController()
const fields = { Id: 'id', LastName: 'last' }

test('a hard delete needs the permission, before a job is opened', async () => {
  const emulator = await fileEmulator()
  const connection = connectToEmulator(emulator)
  const planned = planInOrg(connection, specOf({ operation: 'delete', hardDelete: true, fields }), signal)
  await expect(planned).rejects.toThrow(
    'The load into Contact: hardDelete: the integration user lacks the permission "Bulk API Hard Delete"; ' +
      'give it that permission by a permission set, or leave hardDelete out',
  )
  expect(emulator.stats().jobs).toEqual({})
  await expect(planInOrg(connection, specOf({ operation: 'delete', fields }), signal)).resolves.toBeDefined()
})

test('a user with the permission may delete past the recycle bin', async () => {
  const connection = connectToEmulator(await fileEmulator({ users: [{ ...DEFAULT_USER, hardDelete: true }] }))
  const spec = specOf({ operation: { column: 'todo' }, hardDelete: true, fields })
  expect((await planInOrg(connection, spec, signal)).plan.operations).toEqual(['create', 'update', 'delete'])
})

test('a user who may delete nothing needs no permission to delete past the recycle bin', async () => {
  const access = { Contact: { delete: false } }
  const connection = connectToEmulator(await fileEmulator({ users: [{ ...DEFAULT_USER, access }] }))
  const spec = specOf({ operation: { column: 'todo' }, hardDelete: true, fields })
  expect((await planInOrg(connection, spec, signal)).plan.operations).toEqual(['create', 'update'])
})

import { Connection } from '@temporalio/client'
import { expect, inject, test } from 'vitest'

test('every test file uses the shared server of the run', async () => {
  const address = inject('temporalAddress')
  expect(process.env['TEMPORAL_TEST_ADDRESS']).toBe(address)
  const temporalConnection = await Connection.connect({ address })
  await temporalConnection.workflowService.describeNamespace({ namespace: inject('temporalNamespace') })
  await temporalConnection.close()
})

import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { startPruning } from '../../../workers/dailyPruning.ts'

let connection: Connection
let client: Client

beforeAll(async () => {
  connection = await Connection.connect({ address: inject('temporalAddress') })
  client = new Client({ connection, namespace: inject('temporalNamespace') })
})
afterAll(() => connection.close())

test('one of many workers starts pruning each day, also after the pruning of that day has ended', async () => {
  const day = new Date(Date.UTC(2026, 10, 25, 12) + Math.floor(Math.random() * 1e6) * 86_400_000)
  const asked = await Promise.all([1, 2, 3].map(() => startPruning(client, day)))
  expect(asked.toSorted()).toEqual([false, false, true])
  const id = `prune-runs/${day.toISOString().slice(0, 10)}`
  await client.workflow.getHandle(id).terminate()
  expect(await startPruning(client, day)).toBe(false)
  const next = new Date(day.getTime() + 86_400_000)
  expect(await startPruning(client, next)).toBe(true)
  await client.workflow.getHandle(`prune-runs/${next.toISOString().slice(0, 10)}`).terminate()
})

import { expect } from 'vitest'
import { runIngestJob } from '../apiClient.ts'
import { ownOrgTest as test } from '../emulatorTest.ts'

const message = 'ContactTrigger: System.LimitException: Apex CPU time limit exceeded'
const errors = [{ statusCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', message, fields: [] }]

function contacts(count: number) {
  const record = (_: unknown, index: number) => ({ attributes: { type: 'Contact' }, LastName: `C${index}` })
  return { records: Array.from({ length: count }, record) }
}

test('a trigger beyond 10 seconds rejects every record of its request; half as many records pass', async ({ api }) => {
  api.emulator.faults.add({ match: { object: 'Contact' }, fault: { type: 'apexCpu', msPerRecord: 100 } })
  const { status, body } = await api.post('/composite/sobjects', contacts(101))
  expect(status).toBe(200)
  expect(body).toEqual(Array(101).fill({ success: false, errors }))
  expect(api.emulator.org.countLive('Contact')).toBe(0)
  await api.post('/composite/sobjects', contacts(100))
  expect(api.emulator.org.countLive('Contact')).toBe(100)
})

test('rejects the rows of a job 200 by 200', async ({ api }) => {
  api.emulator.faults.add({ fault: { type: 'apexCpu', msPerRecord: 60 } })
  const csv = `LastName\n${Array.from({ length: 366 }, (_, index) => `C${index}`).join('\n')}\n`
  const job = await runIngestJob(api, { object: 'Contact', operation: 'insert' }, csv)
  expect(job).toMatchObject({ state: 'JobComplete', numberRecordsProcessed: 366, numberRecordsFailed: 200 })
  const { text } = await api.get(`/jobs/ingest/${job.id}/failedResults`)
  expect(text).toContain(`"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY:${message}:--"`)
})

test('has the words of another limit on demand, over HTTP too', async ({ api }) => {
  const fault = { type: 'apexCpu', msPerRecord: 20_000, exception: 'Too many SOQL queries: 101' }
  const body = JSON.stringify({ match: { object: 'Contact' }, fault })
  await fetch(`${api.emulator.url}/emulator/faults`, { method: 'POST', body })
  const answer = await api.post('/sobjects/Contact', { LastName: 'One' })
  const words = 'ContactTrigger: System.LimitException: Too many SOQL queries: 101'
  expect([answer.status, answer.body]).toEqual([
    400,
    [{ message: words, errorCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', fields: [] }],
  ])
})

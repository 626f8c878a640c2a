import { Readable } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { AnswerCutError, OutcomeUnknownError } from '../../../loader/salesforce/errors.ts'
import { connectTo, ROOT, reject, type ScriptedOrg, sendJson, startScriptedOrg } from './scriptedOrg.ts'

let org: ScriptedOrg | undefined
afterEach(() => org?.close())

async function scripted(uploaded: Parameters<typeof startScriptedOrg>[0]) {
  org = await startScriptedOrg(uploaded)
  return connectTo(org)
}

test('states the length of an upload and sends it unchanged', async () => {
  const job = await scripted({ [`PUT ${ROOT}/jobs/ingest/7505e/batches`]: sendJson('', 201) })
  const csv = `LastName\n${'Müller\n'.repeat(50_000)}`
  await job.uploadIngestData('7505e', Readable.from([Buffer.from(csv)]), Buffer.byteLength(csv))
  const [put] = org?.to('PUT') ?? []
  expect(put?.headers).toMatchObject({ 'content-length': String(Buffer.byteLength(csv)), 'content-type': 'text/csv' })
  expect(put?.headers['transfer-encoding']).toBeUndefined()
  expect(put?.body).toBe(csv)
})

test('accepts only 201 for an upload', async () => {
  const job = await scripted({ [`PUT ${ROOT}/jobs/ingest`]: sendJson({}, 200) })
  await expect(job.uploadIngestData('7505e', Readable.from(['LastName\n']), 9)).rejects.toBeInstanceOf(
    OutcomeUnknownError,
  )
})

test('treats an unknown job state as a missing answer', async () => {
  const job = await scripted({ [`GET ${ROOT}/jobs/ingest`]: sendJson({ id: '7505e', state: 'Resting' }) })
  await expect(job.ingestJob('7505e')).rejects.toBeInstanceOf(AnswerCutError)
})

test('names the active assignment rule of the object when rules are requested', async () => {
  const job = await scripted({
    [`GET ${ROOT}/query`]: sendJson({ totalSize: 1, done: true, records: [{ Id: '01Q5e00000AAAAAEA4' }] }),
    [`POST ${ROOT}/jobs/ingest`]: sendJson({ id: '7505e', state: 'Open' }),
  })
  await job.openIngestJob({ object: 'Lead', operation: 'create', assignmentRule: true })
  await job.openIngestJob({ object: 'Lead', operation: 'create', assignmentRule: '01Q5e00000BBBBBEA4' })
  await job.openIngestJob({ object: 'Lead', operation: 'create' })
  const [ruled, named, plain] = (org?.to(`POST ${ROOT}/jobs/ingest`) ?? []).map(({ body }) => JSON.parse(body))
  expect(ruled).toEqual({ ...plain, assignmentRuleId: '01Q5e00000AAAAAEA4' })
  expect(named).toEqual({ ...plain, assignmentRuleId: '01Q5e00000BBBBBEA4' })
  expect(plain).toEqual({
    object: 'Lead',
    operation: 'insert',
    contentType: 'CSV',
    lineEnding: 'LF',
    columnDelimiter: 'COMMA',
  })
})

test('reports a rejected second upload with the message of the org', async () => {
  const words = "Found multipe contents for job: <7505e>, please 'Close' / 'Abort' / 'Delete' the current Job"
  const job = await scripted({ [`PATCH ${ROOT}/jobs/ingest`]: reject(400, 'BULK_API_ERROR', words) })
  await expect(job.closeIngestJob('7505e')).rejects.toThrow(words)
})

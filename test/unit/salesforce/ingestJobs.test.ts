import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import {
  OutcomeUnknownError,
  RequestRejectedError,
  TemporarilyRejectedError,
} from '../../../loader/salesforce/errors.ts'
import { connectToEmulator, fileEmulator } from './authSettings.ts'
import { csvOf } from './keptResults.ts'

const emulator = await fileEmulator()
const connection = connectToEmulator(emulator)

const CSV = 'LastName,Email\nFrank,edna@example.com\n,nameless@example.com\nMyers,chloe@example.com\n'
const source = (csv = CSV) => Readable.from([Buffer.from(csv)])

async function upload(csv = CSV): Promise<string> {
  const { id } = await connection.openIngestJob({ object: 'Contact', operation: 'create' })
  await connection.uploadIngestData(id, source(csv), Buffer.byteLength(csv))
  return id
}

async function finished(id: string) {
  for (;;) {
    const job = await connection.ingestJob(id)
    if (job.state === 'JobComplete' || job.state === 'Failed') return job
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

test('loads a CSV from open to results', async () => {
  const id = await upload()
  expect(await connection.closeIngestJob(id)).toMatchObject({ id, state: 'UploadComplete' })
  expect(await finished(id)).toEqual({ id, state: 'JobComplete', numberRecordsProcessed: 3, numberRecordsFailed: 1 })
  expect(await csvOf(await connection.ingestResults(id, 'successful'))).toMatch(/^"sf__Id","sf__Created",/)
  expect(await csvOf(await connection.ingestResults(id, 'failed'))).toContain('REQUIRED_FIELD_MISSING')
  expect((await csvOf(await connection.ingestResults(id, 'unprocessed'))).trim().split('\n')).toHaveLength(1)
})

test('opens jobs for upsert by an external ID and for update', async () => {
  const upsert = { object: 'Contact', operation: 'upsert', externalIdField: 'Ext_Id__c' } as const
  expect(await connection.openIngestJob(upsert)).toMatchObject({ state: 'Open', numberRecordsProcessed: 0 })
  expect(await connection.openIngestJob({ object: 'Contact', operation: 'update' })).toMatchObject({ state: 'Open' })
})

test('reports why the org rejects a job', async () => {
  const opening = connection.openIngestJob({ object: 'Contcat', operation: 'create' })
  await expect(opening).rejects.toThrow(/^Open an ingest job for Contcat failed: 400 /)
})

test('aborts a job, and fails to abort an ended one', async () => {
  const id = await upload()
  await connection.abortIngestJob(id)
  expect((await connection.ingestJob(id)).state).toBe('Aborted')
  const done = await upload()
  await connection.closeIngestJob(done)
  await finished(done)
  await expect(connection.abortIngestJob(done)).rejects.toBeInstanceOf(RequestRejectedError)
})

test('reports a job that does not exist', async () => {
  const error = await connection.ingestJob('7505e00000AAAAAAA4').catch(thrown => thrown)
  expect(error).toBeInstanceOf(RequestRejectedError)
  expect(error.statusCode).toBe(404)
})

test('reports why a job failed', async () => {
  emulator.faults.add({
    match: { method: 'JOB' },
    fault: { type: 'failJob', afterRecords: 1, errorMessage: 'InternalServerError : broken' },
  })
  const id = await upload()
  await connection.closeIngestJob(id)
  expect(await finished(id)).toMatchObject({ state: 'Failed', errorMessage: 'InternalServerError : broken' })
})

test.each([Buffer.byteLength(CSV) - 1, Buffer.byteLength(CSV) + 1])(
  'does not upload a source that does not have the stated %i bytes',
  async bytes => {
    const { id } = await connection.openIngestJob({ object: 'Contact', operation: 'create' })
    await expect(connection.uploadIngestData(id, source(), bytes)).rejects.toThrow(RangeError)
    await connection.closeIngestJob(id).catch(() => undefined)
    expect((await connection.ingestJob(id)).numberRecordsProcessed).toBe(0)
  },
)

test('rethrows the error of the source, and the org has stored nothing', async () => {
  async function* broken() {
    yield Buffer.from('LastName\nFrank\n')
    throw new Error('the chunk cannot be read')
  }
  const { id } = await connection.openIngestJob({ object: 'Contact', operation: 'create' })
  await expect(connection.uploadIngestData(id, Readable.from(broken()), 100)).rejects.toThrow(
    'the chunk cannot be read',
  )
  await connection.closeIngestJob(id).catch(() => undefined)
  expect((await connection.ingestJob(id)).numberRecordsProcessed).toBe(0)
})

test('ends an upload when its signal is aborted', async () => {
  const controller = new AbortController()
  async function* endless() {
    yield Buffer.from('LastName\n')
    controller.abort()
    await new Promise(() => {})
  }
  const { id } = await connection.openIngestJob({ object: 'Contact', operation: 'create' })
  const uploading = connection.uploadIngestData(id, Readable.from(endless()), 100, controller.signal)
  await expect(uploading).rejects.toMatchObject({ reason: 'aborted after it was sent' })
})

test.each(['cutBefore', 'cutAfter'] as const)(
  'does not know the outcome of an upload with the fault %s',
  async type => {
    emulator.faults.add({ match: { operation: 'ingestUpload' }, fault: { type } })
    await expect(upload()).rejects.toBeInstanceOf(OutcomeUnknownError)
  },
)

test('renews an expired session during an upload, and reads the data again', async () => {
  const { id } = await connection.openIngestJob({ object: 'Contact', operation: 'create' })
  emulator.expireSessions()
  const first = connection.uploadIngestData(id, source(), Buffer.byteLength(CSV))
  await expect(first).rejects.toBeInstanceOf(TemporarilyRejectedError)
  await connection.uploadIngestData(id, source(), Buffer.byteLength(CSV))
  expect((await connection.closeIngestJob(id)).state).toBe('UploadComplete')
})

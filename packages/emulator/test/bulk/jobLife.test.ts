import { setTimeout } from 'node:timers/promises'
import Papa from 'papaparse'
import { describe, expect } from 'vitest'
import { type ApiClient, runIngestJob, startEmptyOrg, waitForJob } from '../apiClient.ts'
import { test } from '../emulatorTest.ts'

type Row = Readonly<Record<string, string>>

const INSERT = { object: 'Contact', operation: 'insert' }

function rows(text: string): readonly Row[] {
  return Papa.parse<Row>(text, { header: true, skipEmptyLines: true }).data
}

async function resultText(api: ApiClient, id: string, file: string) {
  return (await api.get(`/jobs/ingest/${id}/${file}`)).text
}

async function results(api: ApiClient, id: string, file: string) {
  return rows(await resultText(api, id, file))
}

async function openJob(api: ApiClient, request: object = INSERT) {
  return ((await api.post('/jobs/ingest', request)).body as { id: string }).id
}

describe('an ingest job', () => {
  test('starts Open, with the upload URL without a leading slash', async ({ api }) => {
    const { status, body, text } = await api.post('/jobs/ingest', INSERT)
    const { id } = body as { id: string }
    expect(status).toBe(200)
    expect(text).toContain('"apiVersion":67.0,')
    expect(body).toEqual({
      id: expect.stringMatching(/^750[0-9A-Za-z]{15}$/),
      operation: 'insert',
      object: 'Contact',
      createdById: expect.stringMatching(/^005/),
      createdDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000$/),
      systemModstamp: expect.any(String),
      state: 'Open',
      concurrencyMode: 'Parallel',
      contentType: 'CSV',
      apiVersion: 67,
      contentUrl: `services/data/v67.0/jobs/ingest/${id}/batches`,
      lineEnding: 'LF',
      columnDelimiter: 'COMMA',
    })
  })

  test('has the recorded keys, in their order', async ({ api }) => {
    const job = await runIngestJob(api, INSERT, 'LastName\nA\n')
    const recorded =
      'id operation object createdById createdDate systemModstamp state concurrencyMode contentType apiVersion jobType lineEnding ' +
      'columnDelimiter numberRecordsProcessed numberRecordsFailed retries totalProcessingTime apiActiveProcessingTime apexProcessingTime'
    expect(Object.keys(job).join(' ')).toBe(recorded)
  })

  test('ends JobComplete with the counts, where processed rows include rejected ones', async ({ api }) => {
    const job = await runIngestJob(api, INSERT, 'LastName,FirstName\nAbel,Ada\n,Ben\nCosta,\n')
    expect(job).toMatchObject({
      state: 'JobComplete',
      jobType: 'V2Ingest',
      numberRecordsProcessed: 3,
      numberRecordsFailed: 1,
      retries: 0,
      apexProcessingTime: 0,
    })
    expect(await results(api, job.id, 'failedResults')).toEqual([
      {
        sf__Id: '',
        sf__Error: 'REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --',
        LastName: '',
        FirstName: 'Ben',
      },
    ])
  })

  test('goes through UploadComplete and InProgress', async () => {
    const slow = await startEmptyOrg({ processingDelayMs: 1000 })
    const { body } = await slow.post('/jobs/ingest', INSERT)
    const path = `/jobs/ingest/${(body as { id: string }).id}`
    await slow.put(`${path}/batches`, 'LastName\nA\n')
    const closed = (await slow.patch(path, { state: 'UploadComplete' })).body
    expect(closed).toMatchObject({ state: 'UploadComplete' })
    expect(Object.keys(closed as object)).not.toContain('contentUrl')
    const seen = new Set<string>()
    for (let state = ''; state !== 'JobComplete'; seen.add(state)) {
      state = ((await slow.get(path)).body as { state: string }).state
    }
    await slow.emulator.close()
    expect([...seen]).toEqual(['UploadComplete', 'InProgress', 'JobComplete'])
  })

  test('reports growing counts while it is processed', async ({ api }) => {
    const id = await openJob(api)
    await api.put(`/jobs/ingest/${id}/batches`, `LastName\n${'Somebody\n'.repeat(100_000)}`)
    await api.patch(`/jobs/ingest/${id}`, { state: 'UploadComplete' })
    const counts = new Set<unknown>()
    for (let state: unknown; state !== 'JobComplete'; ) {
      const info = (await api.get(`/jobs/ingest/${id}`)).body as Record<string, unknown>
      counts.add(info['numberRecordsProcessed'])
      state = info['state']
    }
    expect(counts.size).toBeGreaterThan(3)
    expect(counts).toContain(100_000)
  })

  test('keeps the written rows when it is aborted midway, and leaves the rest unprocessed', async ({ api }) => {
    const id = await openJob(api)
    const before = api.emulator.org.countLive('Contact')
    await api.put(`/jobs/ingest/${id}/batches`, `LastName\n${'Somebody\n'.repeat(200_000)}`)
    await api.patch(`/jobs/ingest/${id}`, { state: 'UploadComplete' })
    let processed = 0
    while (processed === 0) {
      processed = ((await api.get(`/jobs/ingest/${id}`)).body as { numberRecordsProcessed: number })
        .numberRecordsProcessed
    }
    expect((await api.patch(`/jobs/ingest/${id}`, { state: 'Aborted' })).body).toMatchObject({ state: 'Aborted' })
    const lines = async (file: string) => (await resultText(api, id, file)).trim().split('\n').length - 1
    while ((await lines('unprocessedrecords')) <= 0) await setTimeout(10)
    const written = api.emulator.org.countLive('Contact') - before
    expect(await lines('successfulResults')).toBe(written)
    expect((await lines('unprocessedrecords')) + written).toBe(200_000)
  })

  test('writes nothing when it is aborted InProgress before its first row', async () => {
    const slow = await startEmptyOrg({ processingDelayMs: 1000 })
    const id = await openJob(slow)
    await slow.put(`/jobs/ingest/${id}/batches`, 'LastName\nLate\n')
    await slow.patch(`/jobs/ingest/${id}`, { state: 'UploadComplete' })
    while (slow.emulator.stats().jobs['InProgress'] !== 1) await setTimeout(10)
    await slow.patch(`/jobs/ingest/${id}`, { state: 'Aborted' })
    const lines = async () => (await resultText(slow, id, 'unprocessedrecords')).trim().split('\n')
    while ((await lines()).length < 2) await setTimeout(10)
    const written = slow.emulator.org.countLive('Contact')
    const unprocessed = await lines()
    await slow.emulator.close()
    expect([written, unprocessed]).toEqual([0, ['LastName', '"Late"']])
  })

  test('accepts a second upload, and then rejects the close of the job', async ({ api }) => {
    const id = await openJob(api)
    expect((await api.put(`/jobs/ingest/${id}/batches`, 'LastName\nA\n')).status).toBe(201)
    expect((await api.put(`/jobs/ingest/${id}/batches`, 'LastName\nA\n')).status).toBe(201)
    const { status, body } = await api.patch(`/jobs/ingest/${id}`, { state: 'UploadComplete' })
    expect(status).toBe(400)
    expect(body).toMatchObject([
      { errorCode: 'BULK_API_ERROR', message: expect.stringContaining(`Found multipe contents for job: <${id}>`) },
    ])
  })

  test('is complete with no processed rows when it is closed without data', async ({ api }) => {
    const id = await openJob(api)
    await api.patch(`/jobs/ingest/${id}`, { state: 'UploadComplete' })
    expect(await waitForJob(api, `/jobs/ingest/${id}`)).toMatchObject({
      state: 'JobComplete',
      numberRecordsProcessed: 0,
    })
  })

  test('can be aborted until it has ended', async ({ api }) => {
    const id = await openJob(api)
    expect((await api.patch(`/jobs/ingest/${id}`, { state: 'Aborted' })).body).toMatchObject({ state: 'Aborted' })
    const ended = await runIngestJob(api, INSERT, 'LastName\nA\n')
    const { status, body } = await api.patch(`/jobs/ingest/${ended.id}`, { state: 'Aborted' })
    expect(status).toBe(400)
    expect(body).toEqual([{ errorCode: 'INVALIDJOBSTATE', message: 'Aborting already Completed Job not allowed' }])
    expect((await api.patch(`/jobs/ingest/${ended.id}`, { state: 'UploadComplete' })).body).toMatchObject([
      { errorCode: 'INVALIDJOBSTATE' },
    ])
  })

  test('is listed, and not found after it is deleted', async ({ api }) => {
    const { id } = await runIngestJob(api, INSERT, 'LastName\nA\n')
    const listed = (await api.get('/jobs/ingest')).body as {
      done: boolean
      records: { id: string }[]
      nextRecordsUrl: null
    }
    expect(listed).toMatchObject({ done: true, nextRecordsUrl: null })
    expect(listed.records.map(job => job.id)).toContain(id)
    expect((await api.delete(`/jobs/ingest/${id}`)).status).toBe(204)
    const { status, body } = await api.get(`/jobs/ingest/${id}`)
    expect([status, body]).toEqual([
      404,
      [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }],
    ])
  })

  test('can be created with its data in one request', async ({ api }) => {
    const part = (name: string, type: string, text: string) =>
      `--B\r\nContent-Type: ${type}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`
    const body = `${part('job', 'application/json', JSON.stringify(INSERT))}${part('content', 'text/csv', 'LastName\nMultipart\n')}--B--\r\n`
    const answer = await fetch(`${api.emulator.url}/services/data/v67.0/jobs/ingest`, {
      method: 'POST',
      body,
      headers: {
        authorization: `Bearer ${api.emulator.credentials.accessToken}`,
        'content-type': 'multipart/form-data; boundary=B',
      },
    })
    const job = (await answer.json()) as { id: string; state: string }
    expect(job.state).toBe('UploadComplete')
    expect(await waitForJob(api, `/jobs/ingest/${job.id}`)).toMatchObject({ numberRecordsProcessed: 1 })
  })

  const rejections: readonly [string, object, unknown][] = [
    [
      'an unknown object',
      { object: 'Nope', operation: 'insert' },
      { errorCode: 'INVALIDJOB', message: 'InvalidJob : Unable to find object: Nope' },
    ],
    [
      'an unknown operation',
      { object: 'Contact', operation: 'merge' },
      { errorCode: 'API_ERROR', message: "Invalid value: 'merge' supplied for property: 'operation'" },
    ],
    [
      'a field that is not a key',
      { object: 'Contact', operation: 'upsert', externalIdFieldName: 'Title' },
      {
        errorCode: 'INVALIDJOB',
        message: 'InvalidJob : Field name provided, Title does not match an External ID for Contact',
      },
    ],
  ]

  test.for(rejections)('is not created with %s', async ([_what, request, error], { api }) => {
    const { status, body } = await api.post('/jobs/ingest', request)
    expect([status, body]).toEqual([400, [error]])
  })
})

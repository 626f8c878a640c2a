import { setTimeout } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import type { Fault, FaultRule } from '../../index.ts'
import { type ApiClient, apiClient, runIngestJob, startEmptyOrg } from '../apiClient.ts'
import { ownOrgTest as test } from '../emulatorTest.ts'

function once(api: ApiClient, fault: Fault, match: FaultRule['match'] = { operation: 'create' }) {
  return api.emulator.faults.add({ match, times: 1, fault })
}

function createContact(api: ApiClient) {
  return api.post('/sobjects/Contact', { LastName: 'A' })
}

function contacts(api: ApiClient) {
  return api.emulator.org.countLive('Contact')
}

describe('a fault on demand', () => {
  test('breaks the connection before any processing', async ({ api }) => {
    once(api, { type: 'cutBefore' })
    await expect(createContact(api)).rejects.toThrow()
    expect(contacts(api)).toBe(0)
    expect((await createContact(api)).status).toBe(201)
  })

  test('breaks the connection after the processing', async ({ api }) => {
    once(api, { type: 'cutAfter' })
    await expect(createContact(api)).rejects.toThrow()
    expect(contacts(api)).toBe(1)
  })

  test('cuts an answer, so that the caller notices', async ({ api }) => {
    once(api, { type: 'cutBody', afterBytes: 20 }, { operation: 'describe' })
    const response = await fetch(`${api.emulator.url}/services/data/v67.0/sobjects/Contact/describe`, {
      headers: { authorization: `Bearer ${api.emulator.credentials.accessToken}` },
    })
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow()
  })

  test('cuts a compressed answer, so that the caller notices', async () => {
    const compressing = await startEmptyOrg()
    const describeContact = () =>
      fetch(`${compressing.emulator.url}/services/data/v67.0/sobjects/Contact/describe`, {
        headers: { authorization: `Bearer ${compressing.emulator.credentials.accessToken}`, 'accept-encoding': 'gzip' },
      })
    const whole = await describeContact()
    expect(whole.headers.get('content-encoding')).toBe('gzip')
    expect(await whole.json()).toMatchObject({ name: 'Contact' })
    compressing.emulator.faults.add({ match: { operation: 'describe' }, fault: { type: 'cutBody', afterBytes: 1000 } })
    await expect((await describeContact()).text()).rejects.toThrow()
    await compressing.emulator.close()
  })

  test('cuts an answer before the first byte of its body', async ({ api }) => {
    once(api, { type: 'cutBody', afterBytes: 0 }, { operation: 'limits' })
    await expect(api.get('/limits')).rejects.toThrow()
  })

  test('cuts a result file in the middle', async ({ api }) => {
    const names = Array.from({ length: 5000 }, (_, index) => `Name ${index}`).join('\n')
    const { id } = await runIngestJob(api, { object: 'Contact', operation: 'insert' }, `LastName\n${names}\n`)
    once(api, { type: 'cutBody', afterBytes: 50_000 }, { path: '*/successfulResults' })
    const response = await fetch(`${api.emulator.url}/services/data/v67.0/jobs/ingest/${id}/successfulResults`, {
      headers: { authorization: `Bearer ${api.emulator.credentials.accessToken}`, 'accept-encoding': 'identity' },
    })
    let bytes = 0
    const reading = async () => {
      for await (const piece of response.body ?? []) bytes += piece.length
    }
    await expect(reading()).rejects.toThrow()
    expect(bytes).toBe(50_000)
  })

  test('answers with any status, with a page instead of JSON if requested', async ({ api }) => {
    once(api, { type: 'status', status: 503, html: '<html>Down</html>' })
    once(
      api,
      { type: 'status', status: 500, body: [{ errorCode: 'UNKNOWN_EXCEPTION', message: 'x' }] },
      { method: 'get' },
    )
    const down = await createContact(api)
    expect([down.status, down.text, down.headers.get('content-type')]).toEqual([
      503,
      '<html>Down</html>',
      expect.stringContaining('html'),
    ])
    expect(await api.get('/limits')).toMatchObject({ status: 500, body: [{ errorCode: 'UNKNOWN_EXCEPTION' }] })
    expect(contacts(api)).toBe(0)
  })

  test('delays the processing', async ({ api }) => {
    once(api, { type: 'delay', ms: 100 })
    const answer = createContact(api)
    await setTimeout(20)
    expect(contacts(api)).toBe(0)
    expect((await answer).status).toBe(201)
  })

  test('never answers', async ({ api }) => {
    once(api, { type: 'stall' })
    const signal = AbortSignal.timeout(100)
    const url = `${api.emulator.url}/services/data/v67.0/sobjects/Contact`
    await expect(
      fetch(url, {
        method: 'POST',
        signal,
        headers: { authorization: `Bearer ${api.emulator.credentials.accessToken}` },
      }),
    ).rejects.toThrow('timeout')
  })

  test('ends all sessions', async ({ api }) => {
    once(api, { type: 'expireSession' })
    expect(await createContact(api)).toMatchObject({ status: 401, body: [{ errorCode: 'INVALID_SESSION_ID' }] })
    expect((await api.get('/limits')).status).toBe(401)
    const [user] = api.emulator.oauth.users
    const { accessToken } = api.emulator.oauth.sessions.issue(user?.id ?? '', api.emulator.credentials.clientId)
    expect((await apiClient(api.emulator, accessToken).get('/limits')).status).toBe(200)
  })

  test('reports that the daily limit is reached', async ({ api }) => {
    once(api, { type: 'limitReached' })
    expect(await createContact(api)).toMatchObject({
      status: 403,
      body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
    })
  })

  test('locks the records that have a value', async ({ api }) => {
    once(
      api,
      { type: 'lockRows', match: { field: 'LastName', value: 'Locked' } },
      { operation: 'collectionCreate', object: 'contact' },
    )
    const records = ['Free', 'Locked'].map(LastName => ({ attributes: { type: 'Contact' }, LastName }))
    const { body } = await api.post('/composite/sobjects', { records })
    expect(body).toMatchObject([
      { success: true },
      {
        success: false,
        errors: [{ statusCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access to this record' }],
      },
    ])
  })

  test('locks a share of the rows of a job, the same ones for the same seed', async ({ api }) => {
    const csv = `LastName\n${Array.from({ length: 400 }, (_, index) => `N${index}`).join('\n')}\n`
    const lockedRows = async (seed: number) => {
      api.emulator.faults.clear()
      api.emulator.faults.add({
        match: { method: 'JOB', operation: 'insert' },
        seed,
        fault: { type: 'lockRows', share: 0.25 },
      })
      const { id } = await runIngestJob(api, { object: 'Contact', operation: 'insert' }, csv)
      const { text } = await api.get(`/jobs/ingest/${id}/failedResults`)
      return text.trim().split('\n').slice(1).sort()
    }
    const locked = await lockedRows(7)
    expect(locked.length).toBeGreaterThan(60)
    expect(locked.length).toBeLessThan(140)
    expect(locked[0]).toContain('UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record:--')
    expect(await lockedRows(7)).toEqual(locked)
    expect(await lockedRows(8)).not.toEqual(locked)
  })

  test('fails a job midway: written rows stay, the rest is unprocessed', async ({ api }) => {
    once(api, { type: 'failJob', afterRecords: 250 }, { method: 'JOB', object: 'Contact' })
    const csv = `LastName\n${Array.from({ length: 1000 }, (_, index) => `N${index}`).join('\n')}\n`
    const job = await runIngestJob(api, { object: 'Contact', operation: 'insert' }, csv)
    expect(job).toMatchObject({
      state: 'Failed',
      numberRecordsProcessed: 250,
      errorMessage: expect.stringContaining('TooManyLockFailure'),
    })
    expect(contacts(api)).toBe(250)
    const lines = async (file: string) =>
      (await api.get(`/jobs/ingest/${job.id}/${file}`)).text.trim().split('\n').length - 1
    expect([await lines('successfulResults'), await lines('unprocessedrecords')]).toEqual([250, 750])
  })

  test('leaves a job InProgress until it is aborted', async ({ api }) => {
    once(api, { type: 'stall' }, { method: 'JOB' })
    const { id } = (await api.post('/jobs/ingest', { object: 'Contact', operation: 'insert' })).body as { id: string }
    await api.put(`/jobs/ingest/${id}/batches`, 'LastName\nA\n')
    await api.patch(`/jobs/ingest/${id}`, { state: 'UploadComplete' })
    await setTimeout(50)
    expect((await api.get(`/jobs/ingest/${id}`)).body).toMatchObject({ state: 'InProgress', numberRecordsProcessed: 0 })
    expect((await api.patch(`/jobs/ingest/${id}`, { state: 'Aborted' })).body).toMatchObject({ state: 'Aborted' })
    expect(contacts(api)).toBe(0)
  })
})

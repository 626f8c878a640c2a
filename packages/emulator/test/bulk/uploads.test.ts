import { request } from 'node:http'
import { describe, expect } from 'vitest'
import { runIngestJob } from '../apiClient.ts'
import { test } from '../emulatorTest.ts'

function job(operation: string, more: object = {}) {
  return { object: 'Contact', operation, ...more }
}

describe('an upload that Salesforce rejects as a whole', () => {
  const failures: readonly [string, string, string][] = [
    ['a column that is not a field', 'LastName,Nme\nA,B\n', 'InvalidBatch : Field name not found : Nme'],
    [
      'a parent’s column that is not a key',
      'LastName,Account.Industry\nA,B\n',
      'InvalidBatch : Field name not found : Account.Industry',
    ],
    ['a byte order mark', '\ufeffLastName\nA\n', 'InvalidBatch : Field name not found : \ufeffLastName'],
    [
      'another line end than declared',
      'LastName\r\nA\r\n',
      'ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF',
    ],
    [
      'another delimiter than declared',
      'LastName;Title\nA;B\n',
      'InvalidBatch : Field name not found : LastName;Title',
    ],
  ]

  test.for(failures)('fails its job for %s, and writes nothing', async ([_what, csv, errorMessage], { api }) => {
    const before = api.emulator.org.countLive('Contact')
    const { state, id, ...info } = await runIngestJob(api, job('insert'), csv)
    expect({ state, errorMessage: info['errorMessage'] }).toEqual({ state: 'Failed', errorMessage })
    expect(api.emulator.org.countLive('Contact')).toBe(before)
    expect((await api.get(`/jobs/ingest/${id}/successfulResults`)).text.trim().split('\n')).toHaveLength(1)
    expect((await api.get(`/jobs/ingest/${id}/unprocessedrecords`)).text.trim().split('\n')).toHaveLength(2)
  })

  test('rejects a body that is shorter than its stated length', async ({ api }) => {
    const { id } = (await api.post('/jobs/ingest', job('insert'))).body as { id: string }
    const url = `${api.emulator.url}/services/data/v67.0/jobs/ingest/${id}/batches`
    const upload = request(url, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${api.emulator.credentials.accessToken}`,
        'content-type': 'text/csv',
        'content-length': 1000,
      },
    })
    upload.on('error', () => undefined)
    const before = api.emulator.stats().bodiesCutShort
    await new Promise(resolve => upload.write('LastName\nHalf', resolve))
    upload.destroy()
    while (api.emulator.stats().bodiesCutShort === before) await new Promise(resolve => setTimeout(resolve, 5))
    await api.put(`/jobs/ingest/${id}/batches`, 'LastName\nWhole\n')
    expect((await api.patch(`/jobs/ingest/${id}`, { state: 'UploadComplete' })).status).toBe(200)
  })
})

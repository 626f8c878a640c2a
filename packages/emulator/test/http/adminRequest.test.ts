import { describe, expect } from 'vitest'
import { type ApiClient, runIngestJob } from '../apiClient.ts'
import { ownOrgTest as test } from '../emulatorTest.ts'

function createContact(api: ApiClient) {
  return api.post('/sobjects/Contact', { LastName: 'A' })
}

describe('the admin API', () => {
  test('counts calls, writes and jobs', async ({ api }) => {
    const { id } = (await createContact(api)).body as { id: string }
    await api.patch(`/sobjects/Contact/${id}`, { Title: 'x' })
    await runIngestJob(api, { object: 'Contact', operation: 'insert' }, 'LastName\nA\nB\n')
    const stats = await (await fetch(`${api.emulator.url}/emulator/stats`)).json()
    expect(stats).toMatchObject({
      calls: { create: 1, update: 1, ingestCreate: 1, ingestUpload: 1, ingestClose: 1 },
      created: { Contact: 3 },
      updated: { Contact: 1 },
      jobs: { JobComplete: 1 },
    })
    expect(stats).toEqual(JSON.parse(JSON.stringify(api.emulator.stats())))
  })

  test('returns the records as lines, and their count', async ({ api }) => {
    await createContact(api)
    const response = await fetch(`${api.emulator.url}/emulator/records/contact?fields=LastName,Id,Opt_In__c`)
    expect(
      (await response.text())
        .trim()
        .split('\n')
        .map(line => JSON.parse(line)),
    ).toEqual([{ LastName: 'A', Id: expect.stringMatching(/^003/), Opt_In__c: false }])
    const count = await fetch(`${api.emulator.url}/emulator/records/Contact?count=true`)
    expect(await count.json()).toEqual({ count: 1 })
  })
})

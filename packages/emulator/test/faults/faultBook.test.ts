import { describe, expect } from 'vitest'
import type { Fault } from '../../index.ts'
import type { ApiClient } from '../apiClient.ts'
import { ownOrgTest as test } from '../emulatorTest.ts'

function createContact(api: ApiClient) {
  return api.post('/sobjects/Contact', { LastName: 'A' })
}

describe('a rule', () => {
  const statuses = async (api: ApiClient, count: number) => {
    const found: number[] = []
    for (let call = 0; call < count; call++) found.push((await api.get('/limits')).status)
    return found
  }
  const unavailable: Fault = { type: 'status', status: 503 }

  test('hits from the n-th match on, the given number of times', async ({ api }) => {
    api.emulator.faults.add({ match: { operation: 'limits' }, after: 1, times: 2, fault: unavailable })
    expect(await statuses(api, 5)).toEqual([200, 503, 503, 200, 200])
  })

  test('hits a share of the matches, the same ones for the same seed', async ({ api }) => {
    const run = async (seed: number) => {
      api.emulator.faults.clear()
      api.emulator.faults.add({ match: { operation: 'limits' }, probability: 0.5, seed, fault: unavailable })
      return statuses(api, 30)
    }
    const first = await run(1)
    expect(new Set(first)).toEqual(new Set([200, 503]))
    expect(await run(1)).toEqual(first)
    expect(await run(2)).not.toEqual(first)
  })

  test('does not affect other requests', async ({ api }) => {
    api.emulator.faults.add({ match: { path: '^/services/data/v66', method: 'GET' }, fault: unavailable })
    api.emulator.faults.add({ match: { object: 'Lead' }, fault: unavailable })
    expect((await api.get('/limits')).status).toBe(200)
    expect((await createContact(api)).status).toBe(201)
    expect((await api.post('/sobjects/Lead', {})).status).toBe(503)
    expect((await api.get('/services/data/v66.0/limits')).status).toBe(503)
  })

  test('can be added, listed and removed over HTTP', async ({ api }) => {
    const admin = (method: string, body?: unknown) =>
      fetch(`${api.emulator.url}/emulator/faults`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
    expect((await admin('POST', { match: { operation: 'limits' }, fault: unavailable })).status).toBe(201)
    expect(await statuses(api, 2)).toEqual([503, 503])
    expect(await (await admin('GET')).json()).toMatchObject([{ id: '1', matches: 2, hits: 2 }])
    expect((await admin('DELETE')).status).toBe(204)
    expect(await statuses(api, 1)).toEqual([200])
  })

  test('is rejected with the problem and the fault types when it is not valid', async ({ api }) => {
    const body = JSON.stringify({ fault: { type: 'explode' }, often: 3 })
    const response = await fetch(`${api.emulator.url}/emulator/faults`, { method: 'POST', body })
    expect(response.status).toBe(400)
    expect(((await response.json()) as { error: string }).error).toMatch(
      /^Not a fault rule: .*often.*Fault types: cutBefore, /,
    )
  })
})

// How many API calls of 24 hours are used, and when the rest is reserved for others.
import { expect, test, vi } from 'vitest'
import { Secret } from '../../../loader/http/secret.ts'
import { reservedUsage, reserveText } from '../../../loader/salesforce/apiUsage.ts'
import { createSalesforceConnection } from '../../../loader/salesforce/connection.ts'
import { startEmulator } from '../../../packages/emulator/index.ts'

test.each([
  [79, false],
  [80, true],
  [100, true],
])('with a reserve of 20 %%, %i of 100 used calls leave it: %s', async (used, isReached) => {
  const usage = { used, limit: 100 }
  const org = { budget: { apiReserve: 0.2 }, readApiUsage: async () => usage }
  expect(await reservedUsage(org, new AbortController().signal)).toBe(isReached ? usage : undefined)
})

test('without a reserve the org is not asked for its usage', async () => {
  const readApiUsage = () => Promise.reject(new Error('asked'))
  expect(await reservedUsage({ budget: { ingestJobs: 1 }, readApiUsage }, new AbortController().signal)).toBeUndefined()
})

test('the words give the used share and the reserve', () => {
  expect(reserveText({ used: 81, limit: 100 }, 0.2)).toBe(
    '81 % of the API calls of 24 hours are used, apiReserve is 20 %',
  )
  expect(reserveText({ used: 12_345, limit: 15_000 }, 0.175)).toMatch(/^82.3 % .+ 17.5 %$/)
})

test('an answer of the last minute states the usage; later the org is asked, by one call', async () => {
  const emulator = await startEmulator({ seedRecords: false })
  const { clientId, clientSecret } = emulator.credentials
  const connection = createSalesforceConnection({
    name: 'test',
    loginUrl: emulator.url,
    apiVersion: 'latest',
    auth: { flow: 'client_credentials', clientId, clientSecret: new Secret(clientSecret) },
  })
  try {
    expect(await connection.readApiUsage()).toEqual({ used: 1, limit: 100_000 })
    expect(await connection.readApiUsage(), 'from the answer before').toEqual({ used: 1, limit: 100_000 })
    expect(emulator.stats().calls['limits']).toBe(1)
    const passed = performance.now() + 60_000
    vi.spyOn(performance, 'now').mockReturnValue(passed)
    expect(await connection.readApiUsage()).toEqual({ used: 2, limit: 100_000 })
    expect(emulator.stats().calls['limits']).toBe(2)
  } finally {
    vi.restoreAllMocks()
    await emulator.close()
  }
})

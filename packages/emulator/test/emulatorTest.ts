import { test as base } from 'vitest'
import { type ApiClient, startEmptyOrg } from './apiClient.ts'

/** A test with the client of an empty org, shared by all tests of the file. */
export const test = base.extend<{ readonly api: ApiClient }>({
  api: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixtures that a fixture needs from its first parameter.
    async ({}, use) => {
      const api = await startEmptyOrg()
      await use(api)
      await api.emulator.close()
    },
    { scope: 'file' },
  ],
})

/** A test with the client of its own empty org. */
export const ownOrgTest = base.extend<{ readonly api: ApiClient }>({
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  api: async ({}, use) => {
    const api = await startEmptyOrg()
    await use(api)
    await api.emulator.close()
  },
})

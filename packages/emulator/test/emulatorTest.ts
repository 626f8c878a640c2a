import { test as base } from 'vitest'
import { type ApiClient, startEmptyOrg } from './apiClient.ts'

/** A test with the client of an empty org that all tests of the file share. */
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

/** A test with the client of an empty org of its own. */
export const ownOrgTest = base.extend<{ readonly api: ApiClient }>({
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  api: async ({}, use) => {
    const api = await startEmptyOrg()
    await use(api)
    await api.emulator.close()
  },
})

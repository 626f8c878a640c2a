import { defineConfig } from 'vitest/config'

/** `npm run histories`: vitest runs the recorder as it runs tests. */
export default defineConfig({
  test: {
    pool: 'forks',
    include: ['test/histories/record.ts'],
    globalSetup: ['test/rig/temporalServer.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})

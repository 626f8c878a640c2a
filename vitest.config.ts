import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Worker threads crash with Temporal's native bridge.
    pool: 'forks',
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/temporalServer.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})

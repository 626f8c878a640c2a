import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Worker threads crash with Temporal's native bridge.
    pool: 'forks',
    // Most tests wait for servers: more files at a time than processors.
    maxWorkers: Math.max(4, availableParallelism()),
    include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    globalSetup: ['test/rig/temporalServer.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})

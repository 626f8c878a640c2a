import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Worker threads crash with Temporal's native bridge.
    pool: 'forks',
    // Most tests wait for servers: more files at a time than processors.
    maxWorkers: Math.max(4, availableParallelism()),
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
          // Files share a process: loading the modules for each would take longer than the tests.
          isolate: false,
          setupFiles: ['test/rig/realTime.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/{system,histories}/**/*.test.ts'],
          globalSetup: ['test/rig/temporalServer.ts'],
        },
      },
    ],
  },
})

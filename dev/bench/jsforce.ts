import type { BenchClient, Cost } from './load.ts'
import { ROOT } from './org.ts'
import { measureCommand } from './processUsage.ts'

/** jsforce in a process that has loaded it: the figures begin after that. */
export const jsforce: BenchClient = {
  name: 'jsforce',
  async load({ org, operation, records, folder, files }) {
    const before = await org.apiCalls()
    const { stdout } = await measureCommand({
      ...{ program: process.execPath, folder: ROOT },
      args: ['dev/bench/jsforceLoad.ts', org.url, org.accessToken, operation, String(records), folder, ...files],
    })
    const measured = JSON.parse(stdout) as Omit<Cost, 'apiCalls'>
    return { ...measured, apiCalls: (await org.apiCalls()) - before }
  },
}

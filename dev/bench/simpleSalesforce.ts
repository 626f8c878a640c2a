import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { onPath } from '../../cli/up/programs.ts'
import { EXTERNAL_ID_FIELD, KEY_FIELD } from './contacts.ts'
import type { BenchClient, Cost } from './load.ts'
import { API_VERSION } from './org.ts'
import { measureCommand } from './processUsage.ts'

const SCRIPT = fileURLToPath(new URL('./simpleSalesforceLoad.py', import.meta.url))

/** simple-salesforce's `bulk2`, if the python3 on PATH has it. The figures begin after its import. */
export async function simpleSalesforce(): Promise<BenchClient | undefined> {
  const program = await onPath(process.env, 'python3', 'Python 3.')
  if (program === undefined) return undefined
  const { failed } = await execa(program, ['-c', 'import simple_salesforce'], { reject: false, stdin: 'ignore' })
  if (failed) return undefined
  return {
    name: 'simple-salesforce bulk2',
    async load({ org, operation, folder, files }) {
      const before = await org.apiCalls()
      const place = [org.url, org.accessToken, API_VERSION, operation, folder]
      const args = [SCRIPT, ...place, EXTERNAL_ID_FIELD, KEY_FIELD, ...files]
      const { stdout } = await measureCommand({ program, folder, args })
      return { ...(JSON.parse(stdout) as Omit<Cost, 'apiCalls'>), apiCalls: (await org.apiCalls()) - before }
    },
  }
}

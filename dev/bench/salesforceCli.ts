import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { onPath } from '../../cli/up/programs.ts'
import { EXTERNAL_ID_FIELD, OBJECT } from './contacts.ts'
import { IDS_QUERY, rowsIn } from './joinIds.ts'
import type { BenchClient, Load, Usage } from './load.ts'
import { ROOT } from './org.ts'
import { measureCommand } from './processUsage.ts'

const WAIT = ['--wait', '60']
const ORG = ['--target-org', 'bench']

/** The Salesforce CLI, if `sf` is on PATH: `data import|update|upsert bulk`, then `data bulk results`. */
export async function salesforceCli(): Promise<BenchClient | undefined> {
  const program = await onPath(process.env, 'sf', '@salesforce/cli')
  if (program === undefined) return undefined
  return {
    name: 'sf data … bulk',
    async load(load) {
      const environment = cliEnvironment(load)
      const run = (...args: string[]) => measureCommand({ program, args, folder: load.folder, environment })
      await run('org', 'login', 'access-token', '--instance-url', load.org.url, '--no-prompt', '--alias', 'bench')
      const before = await load.org.apiCalls()
      const steps: Usage[] = []
      for (const [index, file] of load.files.entries()) {
        const input = load.operation === 'update' ? await joinedFile(load, file, index, run, steps) : file
        const sent = await run(...sendArguments(load, input), ...WAIT, ...ORG)
        steps.push(sent, await run('data', 'bulk', 'results', '--job-id', jobIn(sent.stdout), ...ORG))
      }
      const apiCalls = (await load.org.apiCalls()) - before
      return { ...total(steps), apiCalls, results: await successesIn(load.folder) }
    },
  }
}

/** A home of its own: neither the logins nor the settings of the user. */
function cliEnvironment({ folder, org }: Load): NodeJS.ProcessEnv {
  return {
    ...{ PATH: process.env['PATH'], HOME: folder, SF_ACCESS_TOKEN: org.accessToken },
    ...{ SF_DISABLE_TELEMETRY: 'true', SF_AUTOUPDATE_DISABLE: 'true', SF_SKIP_NEW_VERSION_CHECK: 'true' },
    SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
  }
}

function sendArguments({ operation }: Load, file: string): readonly string[] {
  const data = ['--sobject', OBJECT, '--file', file, '--line-ending', 'LF']
  if (operation === 'create') return ['data', 'import', 'bulk', ...data]
  if (operation === 'update') return ['data', 'update', 'bulk', ...data]
  return ['data', 'upsert', 'bulk', ...data, '--external-id', EXTERNAL_ID_FIELD]
}

/** The job that the output names. With --json an upsert would print every record. */
function jobIn(output: string): string {
  const id = /\b750\w{15}\b/.exec(output)?.[0]
  if (id === undefined) throw new Error(`sf printed no job Id: ${output.slice(-200)}`)
  return id
}

type Run = (...args: string[]) => Promise<Usage & { readonly stdout: string }>

/** Exports the Ids of the whole object once, and joins them to the file. */
async function joinedFile({ folder }: Load, file: string, index: number, run: Run, steps: Usage[]): Promise<string> {
  const [ids, joined] = [join(folder, 'ids.csv'), join(folder, `joined-${index}.csv`)]
  if (index === 0) {
    const output = ['--output-file', ids, '--result-format', 'csv']
    steps.push(await run('data', 'export', 'bulk', '--query', IDS_QUERY, ...output, ...WAIT, ...ORG))
  }
  const args = ['dev/bench/joinIdsOfFile.ts', ids, file, joined]
  steps.push(await measureCommand({ program: process.execPath, args, folder: ROOT }))
  return joined
}

function total(steps: readonly Usage[]): Usage {
  const sum = (key: 'wall' | 'cpu') => steps.reduce((seconds, step) => seconds + step[key], 0)
  return { wall: sum('wall'), cpu: sum('cpu'), peak: Math.max(...steps.map(({ peak }) => peak)) }
}

/** Rows of the files that `data bulk results` wrote. */
async function successesIn(folder: string): Promise<number> {
  let rows = 0
  for (const name of await readdir(folder)) {
    if (!name.endsWith('-success-records.csv')) continue
    for await (const block of rowsIn(join(folder, name))) rows += block.length
    rows -= 1
  }
  return rows
}

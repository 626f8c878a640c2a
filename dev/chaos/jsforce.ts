// The same storm against jsforce in a retry loop: when its process is killed or reports an error, the file is loaded again.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Processes } from '../processes/processes.ts'
import { drawFrom } from './draw.ts'
import { drawFaults } from './faults.ts'
import type { ChaosOrg } from './org.ts'
import { emailOf, type Load, rowsOf, type SourceRow } from './source.ts'
import { judge, type ResultLine, type Verdict } from './verdict.ts'

export type JsforceToll = {
  readonly loads: number
  readonly records: number
  readonly kills: number
  readonly verdicts: readonly Verdict[]
}

export type JsforceStorm = {
  readonly processes: Processes
  readonly org: ChaosOrg
  readonly folder: string
  readonly seed: number
  readonly largest: number
  /** Ends with the load that runs when it is aborted. */
  readonly signal: AbortSignal
}

/** A stream of decisions of its own. */
const STREAM = 9_901
const KILLED = 0.5
const PAUSE_MS = 300
const ATTEMPTS = 30

const script = fileURLToPath(new URL('jsforceLoad.ts', import.meta.url))

/** Creates files of the size of the storm's smaller loads, one after the other. */
export async function stormOnJsforce(storm: JsforceStorm): Promise<JsforceToll> {
  const draw = drawFrom(storm.seed, STREAM)
  const verdicts: Verdict[] = []
  let [records, kills] = [0, 0]
  for (let number = 1; !storm.signal.aborted; number += 1) {
    const name = `${storm.org.name}-${number}`
    const size = Math.max(20, Math.floor(storm.largest / draw.pick([2, 5, 10])))
    const load = { name, shape: 'create', records: size } as const
    const rows = rowsOf(load)
    const path = join(storm.folder, 'data', `${name}.csv`)
    await writeFile(path, fileOf(rows))
    await storm.org.addFaults(drawFaults(draw, 'bulk', false))
    const target = join(storm.folder, 'data', `${name}.json`)
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const killAfter = draw.chance(KILLED) ? draw.between(200, 3_000) : undefined
      const code = await execute(storm, [script, ...argumentsOf(storm.org), path, target], killAfter)
      if (code === undefined) kills += 1
      if (code === 0) break
      await sleep(PAUSE_MS)
    }
    await storm.org.clearFaults()
    records += size
    verdicts.push(await verdictOf(storm.org, load, target))
  }
  return { loads: verdicts.length, records, kills, verdicts }
}

const argumentsOf = ({ url, clientId, clientSecret }: ChaosOrg): readonly string[] => [url, clientId, clientSecret]

/** Resolves to the exit code; undefined when the process was killed. */
async function execute(
  { processes, folder }: JsforceStorm,
  args: readonly string[],
  killAfter: number | undefined,
): Promise<number | undefined> {
  const child = await processes.start({ name: 'jsforce', folder, args })
  if (killAfter === undefined) return child.ended
  await Promise.race([child.ended, sleep(killAfter)])
  await child.end('SIGKILL')
  return child.ended
}

/** With the names of fields as header: jsforce maps nothing. */
function fileOf(rows: readonly SourceRow[]): string {
  const lines = rows.map(({ marker, value, flaw = '' }) => [marker, value, emailOf(marker), flaw].join(','))
  return `${['LastName,Title,Email,Account.Ext_Id__c', ...lines].join('\n')}\n`
}

type JsforceResults = {
  readonly successfulResults: readonly { readonly sf__Id: string; readonly LastName: string }[]
  readonly failedResults: readonly { readonly sf__Error: string; readonly LastName: string }[]
}

/** The results as results.csv would have them; a row without a result is lost. */
async function verdictOf(org: ChaosOrg, load: Load, target: string): Promise<Verdict> {
  const rows = rowsOf(load)
  const text = await readFile(target, 'utf8').catch(() => '{"successfulResults":[],"failedResults":[]}')
  const { successfulResults, failedResults } = JSON.parse(text) as JsforceResults
  const lines = Map.groupBy(
    [
      ...successfulResults.map(({ sf__Id, LastName }) => ({ marker: LastName, id: sf__Id, error: '' })),
      ...failedResults.map(({ sf__Error, LastName }) => ({ marker: LastName, id: '', error: sf__Error })),
    ],
    ({ marker }) => marker,
  )
  const results = rows.map(({ marker }, index): ResultLine => {
    const found = lines.get(marker)?.shift()
    const { id = '', error = '' } = found ?? {}
    const outcome = error === '' ? 'true' : 'error'
    return {
      status: found === undefined ? '' : outcome,
      marker,
      row: String(index + 1),
      id,
      errormessage: error,
      created: '',
      outcome: '',
      errorcode: '',
    }
  })
  return judge({ shape: 'create', rows, ids: new Map(), results: [results], records: await org.records(load) })
}

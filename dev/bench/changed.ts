// Two nights of a sync that sends what changed, and the plan of the first: then one percent of the records differ, on the second night none.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeContacts } from '../contacts.ts'
import type { Processes } from '../processes/processes.ts'
import { CHANGED_EACH, campaignSource, lastNightsContacts, type Operation } from './contacts.ts'
import type { BenchClient, Cost } from './load.ts'
import { startOrg } from './org.ts'
import { markdownTable, type Row } from './table.ts'

const NIGHTS = ['1 % changed', 'nothing changed'] as const
const OPERATIONS = ['update', 'upsert'] as const satisfies readonly Operation[]

/** A job that fills the org takes 150 MB. */
const FILE_RECORDS = 1_000_000

/** Measures both nights of each operation, in an org of its own. Throws when a load fails, or leaves another org than the source. */
export async function measureChanged(
  processes: Processes,
  folder: string,
  { plan, load }: { readonly plan: BenchClient; readonly load: BenchClient },
  records: number,
): Promise<string> {
  const home = join(folder, 'changed')
  await mkdir(home)
  const source = join(home, 'source.csv')
  await writeContacts(source, campaignSource(records))
  const rows: Row[] = []
  for (const operation of OPERATIONS) {
    const org = await startOrg(processes, join(home, 'org.log'), 'full')
    try {
      await org.fill(await writeEarlier(home, records))
      const measure = async (client: BenchClient, what: string) => {
        const place = join(home, 'client')
        await mkdir(place)
        const cost = await client.load({ operation, records, source, files: [], org, folder: place })
        await rm(place, { recursive: true })
        rows.push({ records, operation: `${operation}, ${what}`, client: client.name, cost })
        console.error(`${operation}, ${what}: ${shown(cost)}`)
      }
      await measure(plan, `plan of ${NIGHTS[0]}`)
      for (const night of NIGHTS) {
        await measure(load, night)
        await org.check(records)
      }
    } finally {
      await org.stop()
    }
  }
  await rm(home, { recursive: true })
  return [
    markdownTable(rows),
    '',
    `The org holds a contact for each record of the source; on the first night every ${CHANGED_EACH}th has another title. update finds the records by a field that is not unique (Email), upsert by an External ID; ten fields are compared.`,
    'Each row counts only after a check of the org and of every result; a plan after a check of its counts.',
  ].join('\n')
}

async function writeEarlier(home: string, records: number): Promise<readonly string[]> {
  const files: string[] = []
  for (let first = 0; first < records; first += FILE_RECORDS) {
    const path = join(home, `earlier-${first}.csv`)
    await writeContacts(path, lastNightsContacts(Math.min(FILE_RECORDS, records - first), first))
    files.push(path)
  }
  return files
}

const shown = ({ wall, cpu, peak, apiCalls }: Cost): string =>
  `${wall.toFixed(2)} s, CPU ${cpu.toFixed(2)} s, ${peak.toFixed(0)} MiB, ${apiCalls} API calls`

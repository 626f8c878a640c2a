// The same creates from every kind of source.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { link, type Stage } from './linkLoad.ts'
import type { Cost } from './load.ts'
import { startOrg } from './org.ts'
import { filePlaces } from './places.ts'
import { SOURCE_KINDS, type SourceKind, writeKindCsv } from './sourceKinds.ts'
import { markdownTable, type Row } from './table.ts'

/** Measures a load from each kind, in an org of its own. Throws when a load fails, or leaves another org than the source. */
export async function measureSources(stage: Stage, folder: string, records: number): Promise<string> {
  const { processes } = stage
  const home = join(folder, 'sources')
  await mkdir(home)
  const csv = join(home, 'contacts.csv')
  await writeKindCsv(csv, records)
  const rows: Row[] = []
  let base: Cost | undefined
  for (const [name, kind] of Object.entries(SOURCE_KINDS)) {
    const cost = await costOf(kind)
    base ??= cost
    rows.push({ records, operation: 'create', client: name, cost, base })
    console.error(`${name}: ${cost.wall.toFixed(2)} s, CPU ${cost.cpu.toFixed(2)} s, ${cost.peak.toFixed(0)} MiB`)
  }
  await rm(home, { recursive: true })
  return [
    markdownTable(rows, 'Source'),
    '',
    'In brackets: the ratio to the CSV in the same run. Ten columns, one of them a number and one a date. Memory and CPU include the process of DuckDB (sql, Parquet), without the pages of the program that it shares with the worker, and not the PostgreSQL server.',
  ].join('\n')

  async function costOf(kind: SourceKind) {
    const place = join(home, 'client')
    await mkdir(place)
    const { source, databases } = await kind({ processes, folder: home, records, csv })
    const org = await startOrg(processes, join(home, 'org.log'), 'full')
    try {
      const places = async () => ({ ...(await filePlaces({ source: csv })), ...(databases && { databases }) })
      const client = link('Salesforce Link', stage, places, { spec: { source } })
      const cost = await client.load({ operation: 'create', records, source: csv, files: [], org, folder: place })
      if (cost.results !== records) throw new Error(`${cost.results} of ${records} records have a result`)
      await org.check(records)
      return cost
    } finally {
      await org.stop()
      await rm(place, { recursive: true })
    }
  }
}

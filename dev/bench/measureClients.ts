// The table of all sizes, operations and clients.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ContactFile, writeContacts } from '../contacts.ts'
import type { Processes } from '../processes/processes.ts'
import { campaignSource, earlierContacts, fieldSource, type Operation } from './contacts.ts'
import { floorOf } from './floor.ts'
import { jsforce } from './jsforce.ts'
import type { BenchClient, Cost, Load } from './load.ts'
import type { BenchOptions } from './options.ts'
import { startOrg } from './org.ts'
import { markdownTable, type Row } from './table.ts'

/** A job takes 150 MB: a client that sends files as they are gets larger sources in files of this many records. */
const FILE_RECORDS = 1_000_000

type Measured = { readonly text: string; readonly failures: number }
type Failure = { readonly where: string; readonly message: string }
type Files = Omit<Load, 'org' | 'folder'> & { readonly earlier: readonly string[]; readonly home: string }

/** Measures every client. A load that fails is a row and a note; the other loads are measured all the same. */
export async function measureClients(
  processes: Processes,
  folder: string,
  { sizes, operations, orgSpeed }: BenchOptions,
  clientsFor: (records: number) => readonly BenchClient[],
): Promise<Measured> {
  const rows: Row[] = []
  const failures: Failure[] = []
  const idle: number[] = []
  const started = performance.now()

  for (const records of sizes) {
    const home = join(folder, String(records))
    await mkdir(home)
    const source = join(home, 'source.csv')
    await writeContacts(source, campaignSource(records))
    const floor = await floorOf(source, home)
    for (const operation of operations) {
      const files = await writeFiles(home, source, operation, records)
      const costs = new Map<BenchClient, Cost | undefined>()
      for (const client of clientsFor(records)) costs.set(client, await costOf(client, files))
      const base = costs.get(jsforce)
      for (const [{ name }, cost] of costs) rows.push(row(records, operation, name, cost, base))
      if (operation !== operations[0]) continue
      for (const [name, cost] of Object.entries(floor)) rows.push(row(records, '–', name, cost, base))
    }
    await rm(home, { recursive: true })
  }
  const seconds = Math.round((performance.now() - started) / 1000)
  return {
    text: [markdownTable(rows), notes(idle, failures, orgSpeed, seconds)].join('\n\n'),
    failures: failures.length,
  }

  async function costOf(client: BenchClient, files: Files): Promise<Cost | undefined> {
    const where = `${files.operation} ${files.records.toLocaleString('en')}, ${client.name}`
    try {
      const cost = await loadInNewOrg(client, files)
      if (cost.idle !== undefined) idle.push(cost.idle)
      progress(`${where}: ${cost.wall.toFixed(2)} s, CPU ${cost.cpu.toFixed(2)} s, ${cost.peak.toFixed(0)} MiB`)
      return cost
    } catch (error) {
      const message = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ')
      failures.push({ where, message })
      progress(`${where}: failed: ${message}`)
      return undefined
    }
  }

  async function loadInNewOrg(client: BenchClient, { earlier, home, ...load }: Files): Promise<Cost> {
    const place = join(home, 'client')
    await mkdir(place)
    const org = await startOrg(processes, join(home, 'org.log'), orgSpeed)
    try {
      await org.fill(earlier)
      const cost = await client.load({ ...load, org, folder: place })
      if (cost.results !== load.records) throw new Error(`${cost.results} of ${load.records} records have a result`)
      await org.check(load.records)
      return cost
    } finally {
      await org.stop()
      await rm(place, { recursive: true })
    }
  }
}

function row(records: number, operation: string, client: string, cost: Row['cost'], base: Row['base']): Row {
  return { records, operation, client, ...(cost !== undefined && { cost }), ...(base !== undefined && { base }) }
}

function progress(text: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)}  ${text}`)
}

/** The files of one operation; those of the operation before it are replaced. */
async function writeFiles(home: string, source: string, operation: Operation, records: number): Promise<Files> {
  const parts = Array.from({ length: Math.ceil(records / FILE_RECORDS) }, (_, at) => at * FILE_RECORDS)
  const write = async (name: string, fileOf: (count: number, first: number) => ContactFile<string> | undefined) => {
    const written: string[] = []
    for (const first of parts) {
      const file = fileOf(Math.min(FILE_RECORDS, records - first), first)
      const path = join(home, `${name}-${first}.csv`)
      if (file === undefined) continue
      await writeContacts(path, file)
      written.push(path)
    }
    return written
  }
  const files = await write('fields', (count, first) => fieldSource(operation, count, first))
  const earlier = await write('earlier', (count, first) => earlierContacts(operation, count, first))
  return { home, source, operation, records, files, earlier }
}

function notes(idle: readonly number[], failures: readonly Failure[], orgSpeed: string, seconds: number): string {
  const memory =
    idle.length === 0
      ? ''
      : `; idle before a load: ${Math.min(...idle).toFixed(0)} to ${Math.max(...idle).toFixed(0)} MiB`
  return [
    'In brackets: the ratio to jsforce in the same run. Each load has an org of its own, in a separate process on the same machine, and counts only after a check of the org and of every result.',
    '',
    `- Salesforce Link: a worker that runs before the load${memory}. Its wall time includes Temporal's development server.`,
    '- jsforce: `bulk2.loadAndWaitForResults`, polling every 0.5 s, in a process that has loaded jsforce. simple-salesforce: the same way in Python.',
    '- sf: whole commands with their start, `data import|update|upsert bulk` and `data bulk results`. It polls every 5 s.',
    '- These three neither map nor check values, and give the results without the rows of the source.',
    '- update finds the records by a field that is not unique (Email). The three others cannot: they query the Ids of the whole object, join them in memory, and update by Id; jsforce by REST above 250,000 records, because its `bulk2.query` fails there.',
    '- upsert creates half of the records and updates the other half.',
    `- Org speed: ${orgSpeed}. All loads took ${seconds} s.`,
    ...failures.map(({ where, message }) => `- Failed: ${where}: ${message}`),
  ].join('\n')
}

// Measures loads with Salesforce Link and other clients, each in an emulated org of its own, and checks each before its figures count.
// The org is an emulator: the figures show the cost of a client, not the speed of Salesforce. docs/scaling.md describes the arguments.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exitAfter, Processes, untilSignal } from '../processes/processes.ts'
import { startTemporalServer } from '../processes/temporalServer.ts'
import { describeMachine, type Section, writeSection } from '../resultsFile.ts'
import { buildPackage } from './builtPackage.ts'
import { measureChanged } from './changed.ts'
import { jsforce } from './jsforce.ts'
import { link } from './linkLoad.ts'
import type { BenchClient } from './load.ts'
import { measureClients } from './measureClients.ts'
import { type BenchOptions, benchOptions } from './options.ts'
import { bucketPlaces, filePlaces } from './places.ts'
import { salesforceCli } from './salesforceCli.ts'
import { simpleSalesforce } from './simpleSalesforce.ts'
import { measureSources } from './sources.ts'
import { measureWorkers } from './workers.ts'

/** Records of the loads that send what changed. */
const MOST_CHANGED = 1_000_000

const processes = new Processes()
await exitAfter(bench)

async function bench(): Promise<number> {
  const options = benchOptions(process.argv.slice(2))
  if (options.workers !== undefined) return Promise.race([untilSignal(), compareWorkers(options, options.workers)])
  const folder = await mkdtemp(join(tmpdir(), 'sflink-bench-'))
  processes.removeAfterwards(folder)
  try {
    return await Promise.race([untilSignal(), measure(options, folder)])
  } finally {
    await processes.end()
    await rm(folder, { recursive: true, force: true })
  }
}

async function compareWorkers({ sizes, save }: BenchOptions, most: number): Promise<number> {
  const text = await measureWorkers(Math.max(...sizes), most)
  await publish('workers', text, save)
  return 0
}

/** 1 when a load failed. */
async function measure(options: BenchOptions, folder: string): Promise<number> {
  const temporal = await startTemporalServer()
  try {
    const others = [await salesforceCli(), await simpleSalesforce()]
    const stage = { processes, temporal, command: await buildPackage(processes, join(folder, 'package')) }
    if (options.sources) {
      await publish('sources', await measureSources(stage, folder, Math.max(...options.sizes)), options.save)
      return 0
    }
    const file = link('Salesforce Link', stage, filePlaces)
    const bucket = link('Salesforce Link, S3', stage, bucketPlaces)
    const rivals = [jsforce, ...others.filter(client => client !== undefined)]
    const largest = Math.max(...options.sizes)
    const clientsFor = (records: number): readonly BenchClient[] =>
      options.s3 && records === largest ? [file, bucket, ...rivals] : [file, ...rivals]
    if (options.changed !== 'left out') {
      const changed = {
        plan: link('Salesforce Link', stage, filePlaces, { spec: { send: 'changed' }, type: 'planRecords' }),
        load: link('Salesforce Link', stage, filePlaces, { spec: { send: 'changed' } }),
      }
      await publish(
        'changed',
        await measureChanged(processes, folder, changed, Math.min(largest, MOST_CHANGED)),
        options.save,
      )
    }
    if (options.changed === 'alone') return 0
    const { text, failures } = await measureClients(processes, folder, options, clientsFor)
    await publish(options.orgSpeed === 'full' ? 'clients' : 'orgSpeed', text, options.save)
    return failures === 0 ? 0 : 1
  } finally {
    await temporal.close()
  }
}

async function publish(section: Section, text: string, save: boolean): Promise<void> {
  const published = `${await describeMachine()}\n\n${text}`
  console.log(`\n${published}`)
  if (save) await writeSection(section, published)
}

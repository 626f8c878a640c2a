// Measures loads of created contacts, ours beside jsforce's loadAndWaitForResults, each against an emulated org of its own.
// The org is an emulator: the figures tell what a client costs, not how fast Salesforce is.
// `npm run bench -- 1000 100000` measures those sizes only; `--s3` also with source and run store in a bucket of a local S3 server.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Table from 'cli-table3'
import { startTemporalServer } from '../temporal.ts'
import { OBJECT, writeContacts } from './contacts.ts'
import { linkLoad } from './linkLoad.ts'
import type { Measured } from './measured.ts'
import { type BenchOrg, startOrg } from './org.ts'
import { bucketPlaces, filePlaces } from './places.ts'
import { runForJson } from './processes.ts'

const DEFAULT_SIZES = [1_000, 100_000, 1_000_000]
const API_VERSION = '67.0'

const given = process.argv.slice(2).filter(argument => argument !== '--s3')
const sizes = given.length > 0 ? given.map(Number) : DEFAULT_SIZES
const alsoInBucket = process.argv.includes('--s3')
if (!sizes.every(size => Number.isInteger(size) && size > 0)) {
  console.error(`Sizes are whole numbers of records, such as ${DEFAULT_SIZES.join(' ')}.`)
  process.exit(2)
}

const folder = await mkdtemp(join(tmpdir(), 'sflink-bench-'))
const temporal = await startTemporalServer()
try {
  const table = new Table({
    head: ['Records', 'Client', 'Wall s', 'CPU s', 'Peak MiB', 'API calls', 'History events', 'CPU / papaparse pass'],
    style: { head: [], border: [] },
    colAligns: ['right', 'left', 'right', 'right', 'right', 'right', 'right', 'right'],
  })
  for (const size of sizes) table.push(...(await rowsOf(size)))
  console.log(table.toString())
} finally {
  await temporal.close()
  await rm(folder, { recursive: true, force: true })
}

async function rowsOf(size: number): Promise<string[][]> {
  const home = join(folder, String(size))
  await mkdir(home)
  const [source, ready] = [join(home, 'source.csv'), join(home, 'ready.csv')]
  await writeContacts(source, size, 'source')
  await writeContacts(ready, size, 'salesforce')
  const pass = await runForJson<{ cpu: number; peak: number }>(['dev/bench/papaparsePass.ts', source])
  const link = await inFreshOrg(org => linkLoad(home, filePlaces(source), org, temporal))
  const bucket = alsoInBucket ? await loadInBucket(home, source) : undefined
  const jsforce = await inFreshOrg(org => jsforceLoad(ready, org))
  await rm(home, { recursive: true })
  const row = (client: string, { created, wall, cpu, peak, apiCalls, events }: Measured): string[] => [
    created.toLocaleString('en'),
    client,
    wall.toFixed(2),
    cpu.toFixed(2),
    peak.toFixed(0),
    String(apiCalls),
    events === undefined ? '–' : String(events),
    (cpu / pass.cpu).toFixed(1),
  ]
  const inBucket = bucket === undefined ? [] : [row('Salesforce Link, S3', bucket)]
  return [row('Salesforce Link', link), ...inBucket, row('jsforce', jsforce)]
}

async function loadInBucket(home: string, source: string): Promise<Measured> {
  const places = await bucketPlaces(home, source)
  try {
    return await inFreshOrg(org => linkLoad(home, places, org, temporal))
  } finally {
    await places.close()
  }
}

/** A fresh org each, so that nobody pays for the records of the one before. */
async function inFreshOrg(load: (org: BenchOrg) => Promise<Measured>): Promise<Measured> {
  const org = await startOrg()
  try {
    return await load(org)
  } finally {
    await org.stop()
  }
}

async function jsforceLoad(path: string, org: BenchOrg): Promise<Measured> {
  const args = ['dev/bench/jsforceLoad.ts', org.url, org.accessToken, API_VERSION, OBJECT, path]
  const measured = await runForJson<Omit<Measured, 'apiCalls'>>(args)
  return { ...measured, apiCalls: await org.apiCalls() }
}

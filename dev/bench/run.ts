// Measures loads that create contacts, with Salesforce Link and with jsforce's loadAndWaitForResults, each with a new emulated org.
// The org is an emulator: the figures show the cost of a client, not the speed of Salesforce.
// `npm run bench -- 1000 100000` measures these sizes only; `--s3` adds a load with source and run store in a bucket of a local S3 server.
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import Table from 'cli-table3'
import { execa } from 'execa'
import { s3Access } from '../../loader/storage/s3Client.ts'
import { writeContacts } from '../contacts.ts'
import { Processes } from '../processes/processes.ts'
import { startS3Server } from '../processes/s3Server.ts'
import { startTemporalServer } from '../processes/temporalServer.ts'
import { campaignSource, fieldSource, OBJECT } from './contacts.ts'
import { type LoadPlaces, linkLoad, type Measured } from './linkLoad.ts'
import { type BenchOrg, ROOT, startOrg } from './org.ts'

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
const processes = new Processes()
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
  await processes.end()
  await temporal.close()
  await rm(folder, { recursive: true, force: true })
}

async function rowsOf(size: number): Promise<string[][]> {
  const home = join(folder, String(size))
  await mkdir(home)
  const [source, ready] = [join(home, 'source.csv'), join(home, 'ready.csv')]
  await writeContacts(source, campaignSource(size))
  await writeContacts(ready, fieldSource(size))
  const pass = await runForJson<{ cpu: number; peak: number }>(['dev/bench/papaparsePass.ts', source])
  const link = await inNewOrg(home, org => linkLoad(processes, home, filePlaces(source), org, temporal))
  const bucket = alsoInBucket ? await loadInBucket(home, source) : undefined
  const jsforce = await inNewOrg(home, org => jsforceLoad(ready, org))
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
    return await inNewOrg(home, org => linkLoad(processes, home, places, org, temporal))
  } finally {
    await places.close()
  }
}

/** Each load gets a new org, without the records of the load before it. */
async function inNewOrg(home: string, load: (org: BenchOrg) => Promise<Measured>): Promise<Measured> {
  const org = await startOrg(processes, join(home, 'org.log'))
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

/** Runs a script of this folder to its end and parses the line of JSON that it prints. Throws when the script fails. */
async function runForJson<T>(args: readonly string[]): Promise<T> {
  const { stdout } = await execa(process.execPath, args, { cwd: ROOT, stdin: 'ignore', stderr: 'inherit' })
  return JSON.parse(stdout) as T
}

function filePlaces(source: string): LoadPlaces {
  return { source: `file:${source}`, dataDirectory: dirname(source), runStore: 'file:runs', environment: {} }
}

type BucketPlaces = LoadPlaces & { close(): Promise<void> }

/** Starts an S3 server with its data in the folder, and uploads the source to a bucket. */
async function bucketPlaces(folder: string, source: string): Promise<BucketPlaces> {
  const server = await startS3Server({ folder: join(folder, 's3') })
  const { environment } = server
  Object.assign(process.env, environment)
  const client = s3Access()()
  const Bucket = 'bench'
  await client.send(new CreateBucketCommand({ Bucket }))
  const { size: ContentLength } = await stat(source)
  const Body = createReadStream(source)
  await client.send(new PutObjectCommand({ Bucket, Key: 'in/source.csv', Body, ContentLength }))
  return {
    source: `s3://${Bucket}/in/source.csv`,
    dataDirectory: `s3://${Bucket}/in`,
    runStore: `s3://${Bucket}/runs`,
    environment,
    close: async () => {
      client.destroy()
      await server.close()
    },
  }
}

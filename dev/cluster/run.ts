// `npm run cluster`: what docker-compose.yml describes, as real processes on this machine, and a load that loses a worker half-way.
import { createReadStream } from 'node:fs'
import Papa from 'papaparse'
import { Processes } from '../demo/processes.ts'
import { untilSignal } from '../demo/untilSignal.ts'
import { heading, ready } from '../demo/words.ts'
import { loadWithKill, SYNC } from './load.ts'
import { SOURCE_KEY } from './objectStore.ts'
import { clusterOptions } from './options.ts'
import { contactsIn } from './orgContents.ts'
import { PLACE, takePlace } from './place.ts'
import { claimsOf, type Result } from './proof.ts'
import { mistakesIn, writeSource } from './source.ts'
import { type Stage, setStage } from './stage.ts'
import { showClaims, showKept, showSteps } from './words.ts'

const processes = new Processes()
// A reader that has seen enough (`npm run cluster | head`) is no reason to leave processes behind.
process.stdout.on('error', () => {})
process.exitCode = await cluster().catch((error: Error) => {
  console.error(`\n${error.message}`)
  return 1
})
process.exit()

async function cluster(): Promise<number> {
  const { records, keep } = clusterOptions(process.argv.slice(2))
  const stopped = untilSignal()
  const givePlaceBack = await takePlace()
  try {
    const proven = setStage(processes).then(async stage => {
      const holds = await load(stage, records)
      if (keep) {
        showKept(stage)
        return stopped
      }
      return holds ? 0 : 1
    })
    return await Promise.race([stopped, proven])
  } finally {
    await processes.end()
    await givePlaceBack()
  }
}

/** Whether nothing is twice and nothing lost. */
async function load(stage: Stage, records: number): Promise<boolean> {
  await writeSource(PLACE.source, records)
  await stage.store.putFile(PLACE.source, SOURCE_KEY)
  const mistakes = mistakesIn(records)
  ready('Source', `s3://sflink/${SOURCE_KEY}: ${records.toLocaleString('en-US')} contacts, ${mistakes} of them wrong`)
  const { SF_CLIENT_ID = '', SF_CLIENT_SECRET = '' } = stage.environment
  const credentials = { clientId: SF_CLIENT_ID, clientSecret: SF_CLIENT_SECRET }
  const before = await contactsIn(stage.orgUrl, credentials)
  heading(`$ npx sflink sync run ${SYNC}`)
  const done = await loadWithKill(processes, stage.temporal.address, stage.environment, {
    killed: stage.workers[0],
    replace: stage.addWorker,
  })
  showSteps(done, stage)
  const made = new Map(await contactsIn(stage.orgUrl, credentials))
  for (const id of before.keys()) made.delete(id)
  const source = await rowsOf<{ customer_id: string }>(createReadStream(PLACE.source))
  const results = await rowsOf<Result>(await stage.store.read(`runs/${done.runId}/results.csv`))
  return showClaims(claimsOf({ source: source.map(row => row.customer_id), results, made, mistakes }))
}

function rowsOf<Row>(stream: NodeJS.ReadableStream): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    const rows: Row[] = []
    Papa.parse<Row>(stream, {
      header: true,
      skipEmptyLines: true,
      step: ({ data }) => rows.push(data),
      complete: () => resolve(rows),
      error: reject,
    })
  })
}

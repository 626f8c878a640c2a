// `npm run cluster`: the services of docker-compose.yml as processes on this machine, and a load that loses a worker half-way.
import { createReadStream } from 'node:fs'
import Papa from 'papaparse'
import { writeContacts } from '../contacts.ts'
import { heading, ready } from '../printing.ts'
import { Processes, untilSignal } from '../processes/processes.ts'
import { loadWithKill, SYNC } from './load.ts'
import { SOURCE_KEY } from './objectStore.ts'
import { clusterOptions } from './options.ts'
import { contactsIn } from './orgContents.ts'
import { PLACE, takePlace } from './place.ts'
import { claimsOf, type Result } from './proof.ts'
import { clusterSource, mistakesIn } from './source.ts'
import { type Stage, setStage } from './stage.ts'
import { showActivities, showClaims, showKept } from './words.ts'

const processes = new Processes()
// Without a handler, a reader that closes the pipe (`npm run cluster | head`) ends this process before it stops the others.
process.stdout.on('error', () => {})
process.exitCode = await cluster().catch((error: Error) => {
  console.error(`\n${error.message}`)
  return 1
})
process.exit()

async function cluster(): Promise<number> {
  const { records, keep } = clusterOptions(process.argv.slice(2))
  const stopped = untilSignal()
  const releasePlace = await takePlace()
  try {
    const finished = setStage(processes).then(async stage => {
      const proven = await load(stage, records)
      if (keep) {
        showKept(stage)
        return stopped
      }
      return proven ? 0 : 1
    })
    return await Promise.race([stopped, finished])
  } finally {
    await processes.end()
    await releasePlace()
  }
}

/** Whether no record is duplicated and none is lost. */
async function load(stage: Stage, records: number): Promise<boolean> {
  await writeContacts(PLACE.source, clusterSource(records))
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
  showActivities(done, stage)
  const created = new Map(await contactsIn(stage.orgUrl, credentials))
  for (const id of before.keys()) created.delete(id)
  const source = await rowsOf<{ customer_id: string }>(createReadStream(PLACE.source))
  const results = await rowsOf<Result>(await stage.store.read(`runs/${done.runId}/results.csv`))
  return showClaims(claimsOf({ source: source.map(row => row.customer_id), results, created, mistakes }))
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

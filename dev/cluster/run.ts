// `npm run cluster`: the services of docker-compose.yml as processes on this machine, and a load that loses a worker midway.
import { createReadStream } from 'node:fs'
import Table from 'cli-table3'
import Papa from 'papaparse'
import { writeContacts } from '../contacts.ts'
import { heading, indented, ready } from '../printing.ts'
import { exitAfter, Processes, untilSignal } from '../processes/processes.ts'
import { type Load, loadWithKill, SYNC } from './load.ts'
import { SOURCE_KEY } from './objectStore.ts'
import { clusterOptions } from './options.ts'
import { PLACE, takePlace } from './place.ts'
import { type Claim, claimsOf, contactsIn, type Result } from './proof.ts'
import { clusterSource, mistakesIn } from './source.ts'
import { type Stage, setStage } from './stage.ts'

const processes = new Processes()
await exitAfter(cluster)

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
  ready('Source', `s3://sflink/${SOURCE_KEY}: ${records.toLocaleString('en-US')} contacts, ${mistakes} of them invalid`)
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

function showActivities({ report, settledAtKill, seconds, activities, restarted }: Load, stage: Stage): void {
  const [first, second] = stage.workers.map(({ pid }) => activities.get(pid) ?? 0)
  const others = [...activities].filter(([pid]) => !stage.workers.some(worker => worker.pid === pid))
  heading('Work per worker')
  indented([
    `${report.records.toLocaleString('en-US')} records in ${seconds.toFixed(1)} s; the kill came after ${settledAtKill.toLocaleString('en-US')} records`,
    `worker 1, killed: ${first} activities; worker 2: ${second}; the new worker: ${others.reduce((sum, [, count]) => sum + count, 0)}`,
    `activities of worker 1 that another worker started again: ${restarted}`,
  ])
}

function showClaims(claims: readonly Claim[]): boolean {
  heading('No duplicates, no lost records')
  const table = new Table({
    head: ['', 'found', 'expected', ''],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'left'],
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  })
  for (const { what, found, expected } of claims) {
    table.push([what, found.toLocaleString('en-US'), expected.toLocaleString('en-US'), found === expected ? '✓' : '✗'])
  }
  console.log(table.toString())
  const wrong = claims.filter(({ found, expected }) => found !== expected)
  if (wrong.length > 0) console.error(`\n${wrong.length} of these checks failed. The logs are in .cluster/logs`)
  return wrong.length === 0
}

function showKept({ environment, temporal }: Stage): void {
  const names = ['TEMPORAL_ADDRESS', 'SFLINK_CONFIG', 'SF_LOGIN_URL', 'SF_CLIENT_ID', 'SF_CLIENT_SECRET'] as const
  const s3 = ['AWS_ENDPOINT_URL_S3', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const
  heading('Everything runs until Ctrl-C. In another terminal')
  indented([
    ...[names, s3].map(group => `export ${group.map(name => `${name}=${environment[name]}`).join(' ')}`),
    'npx sflink runs list',
    'npx sflink sync run cluster-contacts',
  ])
  heading('The runs in the Temporal UI')
  indented([`${temporal.uiUrl}/namespaces/default/workflows`])
  console.log()
}

// Load workers that are killed (SIGKILL) during runs and replaced, one after the other, while the workflow worker continues.
import { type KillableWorkers, killableWorkers } from './killableWorkers.ts'
import { type LoadRig, QUICK, type RigOrg, type StartedLoad, startLoadRig, until } from './loadRig.ts'

const RECORDS = 3_000
/** Milliseconds that each write request takes. */
const SLOW = 1_000

/** The outcome of one run: all three figures are `RECORDS` when no record is lost or duplicated. */
export type Replaced = {
  readonly engine: string
  readonly inOrg: number
  readonly results: number
  readonly right: number
}

export const ALL_RIGHT: readonly Replaced[] = ['bulk', 'collections'].map(engine => ({
  engine,
  inOrg: RECORDS,
  results: RECORDS,
  right: RECORDS,
}))

/** One run through each engine; both load workers are killed during the runs. */
export async function loadThroughReplacedWorkers(): Promise<readonly Replaced[]> {
  const rig = await startLoadRig({ workers: 'elsewhere' })
  const workers: KillableWorkers[] = []
  const startLoadWorker = async (orgs: readonly RigOrg[]): Promise<KillableWorkers> => {
    const worker = killableWorkers(rig, { role: 'load' })
    workers.push(worker)
    await worker.startOne(orgs)
    return worker
  }
  try {
    await rig.work({ role: 'workflow' })
    const runs = await Promise.all(['bulk', 'collections'].map(engine => startRun(rig, engine)))
    const orgs = runs.map(({ org }) => org)
    const pair = [await startLoadWorker(orgs), await startLoadWorker(orgs)]
    for (const worker of pair) {
      await until(
        () => runs.map(({ org }) => org.emulator.faults.list()[0]?.hits ?? 0),
        hits => hits.every(count => count >= 4),
      )
      await worker.kill()
      await startLoadWorker(orgs)
    }
    return await Promise.all(runs.map(run => outcomeOf(rig, run)))
  } finally {
    await Promise.all(workers.map(worker => worker.kill()))
    await rig.close()
  }
}

type Run = {
  readonly engine: string
  readonly org: RigOrg
  readonly load: StartedLoad
  readonly names: readonly string[]
}

async function startRun(rig: LoadRig, engine: string): Promise<Run> {
  const org = await rig.openOrg()
  const match = { operation: engine === 'bulk' ? 'ingestClose' : 'collectionCreate' } as const
  org.emulator.faults.add({ match, fault: { type: 'delay', ms: SLOW } })
  const names = Array.from({ length: RECORDS }, (_, index) => `P${index + 1}`)
  const load = await rig.start({
    connection: org.connection,
    object: 'Contact',
    operation: 'create',
    source: { uri: await rig.source(`last\n${names.join('\n')}\n`) },
    fields: { LastName: 'last' },
    identityFields: ['last'],
    resultColumns: ['id'],
    engine,
    concurrency: 4,
    chunk: { bulkRecords: 300, collectionsRecords: 300 },
    resend: { ...QUICK.resend, lostAnswerWait: 4 * SLOW },
  })
  return { engine, org, load, names }
}

async function outcomeOf(rig: LoadRig, { engine, org, load, names }: Run): Promise<Replaced> {
  await load.report()
  const records = await org.records('Contact', 'LastName', 'Id')
  const ids = new Map(records.map(record => [record['LastName'], record['Id']]))
  const results = await rig.rows(load.runId, 'results.csv')
  const right = results.filter(({ last, id }, index) => last === names[index] && id === ids.get(last))
  return { engine, inOrg: records.length, results: results.length, right: right.length }
}

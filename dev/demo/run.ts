// `npm run demo`: one load from end to end, with a real Temporal server, a real worker and an emulated Salesforce org.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Client, Connection } from '@temporalio/client'
import { pageOfRun } from '../../cli/temporalPages.ts'
import { workflowIdOfRun } from '../../packages/client/contract/names.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import { firstLines, heading, indented } from '../printing.ts'
import { exitAfter, Processes, untilSignal } from '../processes/processes.ts'
import { CONNECTION, SYNC } from './configuration.ts'
import { PLACE, shown, takePlace } from './place.ts'
import { type Stage, setStage } from './stage.ts'

/** Exit code of `sflink sync run` when records were rejected, which the demo expects. */
const REJECTED_RECORDS = 3
const LINES_SHOWN = 6

const processes = new Processes()
await exitAfter(demo)

async function demo(): Promise<number> {
  const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } })
  const releasePlace = await takePlace()
  const stopped = untilSignal()
  let stage: Stage | undefined
  try {
    return await Promise.race([
      stopped,
      setStage(processes).then(async set => {
        stage = set
        await load(set, values.keep)
        return values.keep ? stopped : 0
      }),
    ])
  } finally {
    await processes.end()
    await stage?.temporal.close()
    await releasePlace()
  }
}

async function load(stage: Stage, keep: boolean): Promise<void> {
  heading(`$ npx sflink sync run ${SYNC}`)
  const before = new Set(await readdir(PLACE.runs))
  const code = await processes.runHere([PLACE.command, 'sync', 'run', SYNC, '--config', PLACE.configuration], {
    folder: PLACE.folder,
    environment: stage.environment,
  })
  // The folder also has the run store's own folders, whose names start with a dot.
  const runId = (await readdir(PLACE.runs)).find(run => !before.has(run) && !run.startsWith('.'))
  if (code !== REJECTED_RECORDS || runId === undefined) {
    throw new Error(
      `The load ended with code ${code}. The logs are ${shown(PLACE.workerLog)} and ${shown(PLACE.emulatorLog)}`,
    )
  }
  const run = join(PLACE.runs, runId)
  const report = JSON.parse(await readFile(join(run, 'report.json'), 'utf8')) as RunReport
  if (report.records !== stage.records || report.tally.failed !== stage.mistakes) {
    throw new Error(
      `The load rejected ${report.tally.failed} of ${report.records} records, ${stage.mistakes} of ${stage.records} are wrong`,
    )
  }
  await showFiles(run)
  await showPage(stage, runId)
  showWhatNext(stage, runId, keep)
}

async function showFiles(run: string): Promise<void> {
  heading('results.csv: every record, in source order')
  indented([...(await firstLines(join(run, 'results.csv'), LINES_SHOWN)), '…'])
  heading('rejected.csv: the rejected records with the reason in the last columns, to correct and load again')
  indented([...(await firstLines(join(run, 'rejected.csv'), LINES_SHOWN)), '…'])
}

/** The link of a run's page needs the id of its execution. */
async function showPage({ temporal: { address, namespace, uiUrl } }: Stage, run: string): Promise<void> {
  if (uiUrl === undefined) return
  const connection = await Connection.connect({ address })
  const workflowId = workflowIdOfRun(run)
  const { runId } = await new Client({ connection, namespace }).workflow.getHandle(workflowId).describe()
  await connection.close()
  heading('The run in the Temporal UI')
  indented([pageOfRun({ address, namespace, workflowId, runId, temporalUi: uiUrl })])
}

function showWhatNext({ temporal }: Stage, runId: string, keep: boolean): void {
  const configured = `--config ${shown(PLACE.configuration)}`
  if (!keep) {
    heading('Next')
    indented([
      `npx sflink sync results ${runId} ${configured}`,
      '# Keeps Temporal, the org and the worker running:',
      'npm run demo -- --keep',
    ])
    console.log()
    return
  }
  heading('Everything runs until Ctrl-C. In another terminal')
  indented([
    `export TEMPORAL_ADDRESS=${temporal.address}`,
    `export SFLINK_CONFIG=${shown(PLACE.configuration)}`,
    `npx sflink connection test ${CONNECTION}`,
    `npx sflink describe ${CONNECTION} Contact`,
    `npx sflink sync status ${runId}`,
    `cp ${shown(join(PLACE.runs, runId, 'rejected.csv'))} \\`,
    `  ${shown(join(PLACE.folder, 'data', 'corrected.csv'))}`,
    '# Correct the records in corrected.csv, then load them:',
    `npx sflink sync run ${SYNC} --source file:data/corrected.csv`,
  ])
  console.log()
}

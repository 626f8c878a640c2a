import { randomUUID } from 'node:crypto'
import { loadConfiguration } from '../../workers/config.ts'
import { followRun } from '../follow.ts'
import { chooseView } from '../progress/chooseView.ts'
import { printReport } from '../report.ts'
import { runSpec } from '../runSpec.ts'
import { startRun } from '../startRun.ts'
import { type TemporalAccess, withTemporal } from '../temporal.ts'
import { missingWorkerLine, workerIsMissing } from '../workerWatch.ts'

export type SyncRunOptions = {
  readonly source?: string
  readonly set: readonly string[]
  readonly detach?: boolean
  readonly json?: boolean
  readonly config?: string
}

/** The configuration is read here for its syncs, and again by the worker for its credentials: this process needs none. */
export async function syncRun(name: string, options: SyncRunOptions): Promise<void> {
  const configuration = await loadConfiguration(options.config, { credentials: 'optional' })
  const spec = runSpec(configuration, name, options)
  await withTemporal(async temporal => {
    const runId = newRunId(name, new Date())
    await startRun(temporal, { runId, spec, command: `sflink sync run ${name}` })
    if (options.detach) {
      await tellDetached(temporal, runId, options.json ?? false)
      return
    }
    if (!options.json) process.stderr.write(`Run ${runId}\n`)
    const report = await followRun(temporal, runId, chooseView(process.stderr, options.json ?? false))
    printReport(report, options.json ?? false)
  })
}

/** `nightly-20261125-093012-4f1a`: sorts by time, and says what it was. */
function newRunId(name: string, now: Date): string {
  const [day = '', time = ''] = now.toISOString().split('T')
  return `${name}-${day.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${randomUUID().slice(0, 4)}`
}

async function tellDetached(temporal: TemporalAccess, runId: string, json: boolean): Promise<void> {
  console.log(json ? JSON.stringify({ runId }) : `Run ${runId} started. See how it goes: sflink sync status ${runId}`)
  if (await workerIsMissing(temporal, new AbortController().signal)) {
    console.error(`${missingWorkerLine(temporal)}. The run waits for it.`)
  }
}

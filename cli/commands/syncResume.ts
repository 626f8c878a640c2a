import { loadConfiguration } from '../../config/environment.ts'
import { SPEC_FILE } from '../../loader/protocol/layout.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import { runNameOf, syncOfRun } from '../../packages/client/contract/names.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { CommandError } from '../commandError.ts'
import { findRun, runNotFound } from '../findRun.ts'
import { followRun } from '../follow.ts'
import type { SharedOptions } from '../optionValues.ts'
import { printReport } from '../report.ts'
import { startRun } from '../startRun.ts'
import { withTemporal } from '../temporal.ts'

/** Resumes a run that was cancelled or failed, from its state in the run store: what was sent is not sent again. */
export async function syncResume(either: string, options: SharedOptions): Promise<void> {
  const configuration = await loadConfiguration(options.config, { credentials: 'optional' })
  const run = runNameOf(either)
  const { runId } = run
  const store = openRunStores(configuration.runStore, configuration.baseDirectory).open(runId)
  const written = await store.readText(SPEC_FILE)
  if (written === undefined) {
    throw new CommandError(
      `There is no run ${runId} in ${store.location} to resume. Check its name, and runStore in ${configuration.file}`,
    )
  }
  const spec = JSON.parse(written) as SyncSpec
  await withTemporal(async temporal => {
    await startRun(temporal, { run, sync: syncOfRun(runId), spec, command: `sflink sync resume ${runId}` })
    const json = options.json ?? false
    printReport(await followRun(temporal, run, json), json)
  }, options.config)
}

export async function syncCancel(either: string, { config }: { readonly config?: string }): Promise<void> {
  await withTemporal(async temporal => {
    const { runId, handle } = await findRun(temporal, either)
    await handle.cancel().catch((error: unknown) => {
      throw runNotFound(error, runId, temporal)
    })
    console.log(
      `Run ${runId} was asked to stop. Records already sent are still accounted for: sflink sync status ${runId} --follow`,
    )
  }, config)
}

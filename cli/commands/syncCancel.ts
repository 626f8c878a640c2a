import { findRun, runNotFound } from '../findRun.ts'
import { withTemporal } from '../temporal.ts'

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

import { runNotFound } from '../runNotFound.ts'
import { withTemporal } from '../temporal.ts'

export async function syncCancel(runId: string): Promise<void> {
  await withTemporal(async temporal => {
    await temporal.client.workflow
      .getHandle(runId)
      .cancel()
      .catch((error: unknown) => {
        throw runNotFound(error, runId, temporal)
      })
    console.log(
      `Run ${runId} was asked to stop. Records already sent are still accounted for: sflink sync status ${runId} --follow`,
    )
  })
}

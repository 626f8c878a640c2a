import { getClient } from '@temporalio/activity'

/** Whether Temporal has a running workflow of this id. */
export async function isRunning(workflowId: string): Promise<boolean> {
  try {
    const { closeTime } = await getClient().workflow.getHandle(workflowId).describe()
    return closeTime === undefined
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return false
    throw error
  }
}

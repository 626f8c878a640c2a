// Activities of the budget of an org, which the workflow orgBudget keeps for the runs of all workers.
import { activityInfo, getClient } from '@temporalio/activity'
import { WithStartWorkflowOperation } from '@temporalio/client'
import type { Workflow } from '@temporalio/common'
import { type BudgetWait, readBudget } from '../loader/runs/budgetTurn.ts'
import { LinkError } from '../packages/client/contract/linkError.ts'
import { LEASE_UPDATE, ORG_BUDGET_WORKFLOW, orgBudgetWorkflowId } from '../packages/client/contract/names.ts'
import type { ActivityDependencies } from './dependencies.ts'
import { isRunning } from './isRunning.ts'
import { runStep } from './runStep.ts'

/** A request for a lease. */
export type LeaseRequest = {
  /** Names what is leased: run, chunk and attempt. */
  readonly holder: string
  /** The workflow of the run: it is notified when a lease is free, and its leases end with it. */
  readonly workflowId: string
  /** Leases that may be held at a time. */
  readonly limit: number
}

export type TakeLeaseInput = {
  readonly runId: string
  readonly holder: string
  /** Whether an ingest job begins, not only calls. */
  readonly ingestJob: boolean
}

/** Without `wait` the chunk may begin; an ingest job then holds a lease. */
export type TakenLease = { readonly wait?: BudgetWait }

/** Milliseconds for the answer of the budget. */
const ANSWER_TIMEOUT = 20_000

/** Milliseconds after which a run in the queue asks again, even if no signal came. */
const ASK_AGAIN = 600_000

/** Thrown when the budget of the org does not answer. The step runs again. */
class BudgetUnansweredError extends LinkError {
  override readonly name = 'BudgetUnansweredError' as const
  readonly kind = 'transient' as const

  constructor(workflowId: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(
      `The budget of the org, workflow ${workflowId}, did not answer: ${reason}. If it does not run on this task queue, terminate it; the next request starts it again`,
      { cause },
    )
  }
}

export function budgetActivities(dependencies: ActivityDependencies) {
  return {
    /**
     * Asks whether the budget of the org lets a chunk begin, and takes a lease for its ingest job.
     * Retry: safe because a holder that asks again has the same lease, or the same place in the queue.
     */
    takeLease: async (input: TakeLeaseInput): Promise<TakenLease> => {
      const { org, ingestJobs, wait } = await runStep(step => readBudget(dependencies, input, step))
      if (wait !== undefined) return { wait }
      if (!input.ingestJob || ingestJobs === undefined || (await lease(org, input.holder, ingestJobs))) return {}
      const jobs = ingestJobs === 1 ? 'the one ingest job' : `one of ${ingestJobs} ingest jobs`
      return { wait: { words: `waits for ${jobs} of this org`, until: Date.now() + ASK_AGAIN } }
    },

    /**
     * Returns those of the workflows that do not run.
     * Retry: safe because it only reads.
     */
    endedWorkflows: async ({
      workflowIds,
    }: {
      readonly workflowIds: readonly string[]
    }): Promise<readonly string[]> => {
      const running = await Promise.all(workflowIds.map(isRunning))
      return workflowIds.filter((_, place) => !running[place])
    },
  }
}

async function lease(org: string, holder: string, limit: number): Promise<boolean> {
  const { workflowExecution, taskQueue } = activityInfo()
  const budget = orgBudgetWorkflowId(org)
  const request: LeaseRequest = { holder, workflowId: workflowExecution?.workflowId ?? '', limit }
  const { workflow, connection } = getClient()
  try {
    return await connection.withDeadline(Date.now() + ANSWER_TIMEOUT, () =>
      workflow.executeUpdateWithStart<Workflow, boolean, [LeaseRequest]>(LEASE_UPDATE, {
        args: [request],
        startWorkflowOperation: new WithStartWorkflowOperation(ORG_BUDGET_WORKFLOW, {
          taskQueue,
          workflowId: budget,
          args: [],
          workflowIdConflictPolicy: 'USE_EXISTING',
        }),
      }),
    )
  } catch (error) {
    throw new BudgetUnansweredError(budget, error)
  }
}

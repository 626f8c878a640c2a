// Activities of the budget of an org, which the workflow orgBudget keeps for the runs of all workers.
import { activityInfo, getClient } from '@temporalio/activity'
import { WithStartWorkflowOperation } from '@temporalio/client'
import type { Workflow } from '@temporalio/common'
import { type BudgetWait, readBudget } from '../loader/runs/budgetTurn.ts'
import { LinkError } from '../packages/client/contract/linkError.ts'
import {
  LEASE_UPDATE,
  type Leased,
  ORG_BUDGET_WORKFLOW,
  orgBudgetWorkflowId,
} from '../packages/client/contract/names.ts'
import type { ActivityDependencies } from './dependencies.ts'
import { isRunning } from './isRunning.ts'
import { runStep } from './runStep.ts'

/** A request for a lease. */
export type LeaseRequest = {
  readonly of: Leased
  /** Names who leases it: run, chunk and attempt. */
  readonly holder: string
  /** The workflow of the run: it is notified when a lease is free, and its leases end with it. */
  readonly workflowId: string
  /** Leases that may be held at a time. */
  readonly limit: number
}

export type TakeLeaseInput = {
  readonly runId: string
  readonly holder: string
  /** Absent when only calls begin. */
  readonly of?: Leased
}

/** Without `wait` the chunk may begin, and holds a lease of what is limited. */
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
     * Asks whether the budget of the org lets a chunk begin, and takes a lease for it.
     * Retry: safe because a holder that asks again has the same lease, or the same place in the queue.
     */
    takeLease: async (input: TakeLeaseInput): Promise<TakenLease> => {
      const { org, limits, wait } = await runStep(step => readBudget(dependencies, input, step))
      if (wait !== undefined) return { wait }
      const { of, holder } = input
      const limit = of && limits[of]
      if (of === undefined || limit === undefined || (await lease(org, { of, holder, limit }))) return {}
      return { wait: { words: waitText(of, limit), until: Date.now() + ASK_AGAIN } }
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

const LEASED_WORDS: Readonly<Record<Leased, string>> = { ingestJobs: 'ingest job', requests: 'collection request' }

/** `waits for one of 5 ingest jobs of this org` */
function waitText(of: Leased, limit: number): string {
  const words = LEASED_WORDS[of]
  return `waits for ${limit === 1 ? `the one ${words}` : `one of ${limit} ${words}s`} of this org`
}

async function lease(org: string, asked: Omit<LeaseRequest, 'workflowId'>): Promise<boolean> {
  const { workflowExecution, taskQueue } = activityInfo()
  const budget = orgBudgetWorkflowId(org)
  const request: LeaseRequest = { ...asked, workflowId: workflowExecution?.workflowId ?? '' }
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

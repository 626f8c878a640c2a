import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineSignal,
  defineUpdate,
  getExternalWorkflowHandle,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import type { LeaseRequest } from '../activities/orgBudget.ts'
import { GIVE_BACK_SIGNAL, LEASE_FREE_SIGNAL, LEASE_UPDATE } from '../packages/client/contract/names.ts'
import { BudgetBook, type BudgetPages, budgetPagesSchema, leaseRequestSchema } from './budgetBook.ts'
import { requireInput } from './failures.ts'
import { budgetDetails } from './page/budgetDetails.ts'
import { BUDGET, LIST_RUNNING } from './policies.ts'

const { endedWorkflows } = proxyActivities<Activities>({ ...LIST_RUNNING, summary: 'find the runs that have ended' })

const leaseUpdate = defineUpdate<boolean, [LeaseRequest]>(LEASE_UPDATE)
const giveBackSignal = defineSignal<[string]>(GIVE_BACK_SIGNAL)
const leaseFreeSignal = defineSignal<[string]>(LEASE_FREE_SIGNAL)

/**
 * The budget of one org, for the runs of all workers. A run asks for a lease before it lets Salesforce process an ingest job, or sends the
 * collection requests of a chunk one after another, and gives it back when they have ended. Without a free lease it waits in a queue, and is notified by a signal. Leases of a run that was terminated
 * end when it is found to have ended. The workflow ends when no one holds a lease; the next request starts it again.
 * @param pages set by continue-as-new
 */
export async function orgBudget(pages?: BudgetPages | null): Promise<void> {
  if (pages != null) requireInput(budgetPagesSchema, pages, { leases: [], waiting: [] })
  const book = new BudgetBook(pages ?? undefined)
  let hasNews = false
  setHandler(
    leaseUpdate,
    request => {
      const isGranted = book.lease(request, Date.now())
      hasNews = true
      return isGranted
    },
    {
      description: 'Used by runs: takes a lease, or a place in the queue.',
      validator: request =>
        requireInput(leaseRequestSchema, request, {
          of: 'ingestJobs',
          holder: 'nightly.x: chunk 1',
          workflowId: 'sync/nightly/x',
          limit: 5,
        }),
    },
  )
  setHandler(
    giveBackSignal,
    holder => {
      book.giveBack(holder)
      hasNews = true
    },
    { description: `Used by runs: ends a lease. Input: its holder, as the details of this workflow name it.` },
  )
  for (;;) {
    setCurrentDetails(budgetDetails(book.pages))
    await notifyNext(book)
    const isWaitedFor = book.pages.waiting.length > 0
    const came = await condition(() => hasNews, isWaitedFor ? BUDGET.checkWhenWaited : BUDGET.checkWhenIdle)
    hasNews = false
    if (!came && book.isEmpty && allHandlersFinished()) return
    if (!came && !book.isEmpty) book.endRuns(await endedWorkflows({ workflowIds: book.workflowIds }))
    if (workflowInfo().continueAsNewSuggested && allHandlersFinished())
      await continueAsNew<typeof orgBudget>(book.pages)
  }
}

// It runs for as long as loads do, so it upgrades automatically, as receiveRecords does.
setWorkflowOptions(
  () => (workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'AUTO_UPGRADE' } : {}),
  orgBudget,
)

/** A run that has ended gets no signal; its place is dropped. */
async function notifyNext(book: BudgetBook): Promise<void> {
  for (const { holder, workflowId } of book.toNotify(Date.now())) {
    await getExternalWorkflowHandle(workflowId)
      .signal(leaseFreeSignal, holder)
      .catch(() => book.endRuns([workflowId]))
  }
}

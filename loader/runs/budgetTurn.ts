import type { Leased } from '../../packages/client/contract/names.ts'
import { readPlan } from '../protocol/runRecords.ts'
import { reservedUsage, reserveText } from '../salesforce/apiUsage.ts'
import type { OrgBudget } from '../salesforce/salesforceConnection.ts'
import type { Dependencies, Step } from '../step.ts'

/** Milliseconds. Salesforce counts the calls of the last 24 hours, so the usage falls bit by bit. */
const READ_USAGE_AGAIN = 600_000

/** Why a chunk waits for the budget of its org, in words, and when it asks again at the latest (milliseconds since the epoch). */
export type BudgetWait = { readonly words: string; readonly until: number }

/** What the budget of the org says now. */
export type BudgetState = {
  /** Id of the org. */
  readonly org: string
  /** What may be leased at a time; undefined without a limit. */
  readonly limits: Pick<OrgBudget, Leased>
  /** Set while only the calls are left that are reserved for others. */
  readonly wait?: BudgetWait
}

/** Reads the budget of the org of a run, and compares the API calls with it. */
export async function readBudget(
  { connection, runStore }: Pick<Dependencies, 'connection' | 'runStore'>,
  { runId }: { readonly runId: string },
  step: Step,
): Promise<BudgetState> {
  const { spec } = await readPlan(runStore(runId))
  const salesforce = connection(spec.connection)
  const { apiReserve = 0, ...limits } = salesforce.budget
  const { organizationId: org } = await salesforce.identity(step.signal)
  const usage = await reservedUsage(salesforce, step.signal)
  if (usage === undefined) return { org, limits }
  const until = Date.now() + READ_USAGE_AGAIN
  const time = new Date(until).toISOString().slice(11, 16)
  return {
    org,
    limits,
    wait: { until, words: `waits: ${reserveText(usage, apiReserve)}; reads them again at ${time} UTC` },
  }
}

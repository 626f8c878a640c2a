// Who holds leases of an org's budget, and who waits for one. Plain rules: the workflow orgBudget adds updates, signals and timers.
import { z } from 'zod'
import type { LeaseRequest } from '../activities/orgBudget.ts'
import { strictShape } from '../packages/client/contract/issues.ts'
import { LEASED, type Leased } from '../packages/client/contract/names.ts'
import { count, type DeepReadonly } from '../packages/client/contract/scalars.ts'

/** Characters of a holder: the id of a run, and its chunk. */
const MAX_HOLDER = 500

/** Temporal's limit, in characters. */
const MAX_WORKFLOW_ID = 1_000

const holder = {
  of: z.enum(LEASED),
  holder: z.string().min(1).max(MAX_HOLDER),
  workflowId: z.string().min(1).max(MAX_WORKFLOW_ID),
}

/** Milliseconds for which a lease that became free is reserved for the one that was notified first. */
export const CLAIM_TIME = 30_000

/** Any program may send anything. */
export const leaseRequestSchema = strictShape({ ...holder, limit: z.int().min(1) })

/** Plain JSON, for a new history. Times are milliseconds since the epoch. */
export const budgetPagesSchema = strictShape({
  leases: z.array(strictShape({ ...holder, since: count })),
  waiting: z.array(strictShape({ ...holder, limit: z.int().min(1), since: count, notifiedAt: count.exactOptional() })),
})
export type BudgetPages = DeepReadonly<z.output<typeof budgetPagesSchema>>
type Lease = BudgetPages['leases'][number]
type Waiting = BudgetPages['waiting'][number]

export class BudgetBook {
  #leases: readonly Lease[]
  #waiting: readonly Waiting[]

  constructor({ leases, waiting }: BudgetPages = { leases: [], waiting: [] }) {
    this.#leases = leases
    this.#waiting = waiting
  }

  get pages(): BudgetPages {
    return { leases: this.#leases, waiting: this.#waiting }
  }

  get isEmpty(): boolean {
    return this.#leases.length === 0 && this.#waiting.length === 0
  }

  /** Grants a lease, or puts the holder at the end of the queue. A holder that asks again has the same lease, or the same place. */
  lease(request: LeaseRequest, now: number): boolean {
    const { limit, ...asked } = request
    if (this.#leases.some(({ holder }) => holder === asked.holder)) return true
    this.#dropUnclaimed(now)
    const before = this.#waiting.find(({ holder }) => holder === asked.holder)
    if (this.#free(request) <= this.#ahead(asked.of, before)) {
      const waiting = { ...request, since: before?.since ?? now }
      this.#waiting =
        before === undefined ? [...this.#waiting, waiting] : this.#waiting.map(one => (one === before ? waiting : one))
      return false
    }
    this.#waiting = this.#waiting.filter(one => one !== before)
    this.#leases = [...this.#leases, { ...asked, since: now }]
    return true
  }

  /** Ends a lease or a wait. */
  giveBack(holder: string): void {
    this.#leases = this.#leases.filter(lease => lease.holder !== holder)
    this.#waiting = this.#waiting.filter(waiting => waiting.holder !== holder)
  }

  /** Ends the leases and waits of runs that have ended without giving them back. */
  endRuns(workflowIds: readonly string[]): void {
    const isOver = ({ workflowId }: Pick<Lease, 'workflowId'>) => workflowIds.includes(workflowId)
    this.#leases = this.#leases.filter(lease => !isOver(lease))
    this.#waiting = this.#waiting.filter(waiting => !isOver(waiting))
  }

  /** The workflows in the book, each once. */
  get workflowIds(): readonly string[] {
    return [...new Set([...this.#leases, ...this.#waiting].map(({ workflowId }) => workflowId))]
  }

  /** Those whose turn has come, the first in the queue first. Each is returned once, and loses its place if it does not ask in time. */
  toNotify(now: number): readonly LeaseRequest[] {
    this.#dropUnclaimed(now)
    const next = this.#waiting.filter(one => one.notifiedAt === undefined && this.#free(one) > this.#ahead(one.of, one))
    this.#waiting = this.#waiting.map(one => (next.includes(one) ? { ...one, notifiedAt: now } : one))
    return next
  }

  #free({ of, limit }: Pick<LeaseRequest, 'of' | 'limit'>): number {
    return limit - this.#leases.filter(lease => lease.of === of).length
  }

  /** How many wait for the same before this one; all of them before one that does not wait yet. */
  #ahead(of: Leased, one: Waiting | undefined): number {
    const place = one === undefined ? this.#waiting.length : this.#waiting.indexOf(one)
    return this.#waiting.slice(0, place).filter(other => other.of === of).length
  }

  #dropUnclaimed(now: number): void {
    this.#waiting = this.#waiting.filter(({ notifiedAt }) => notifiedAt === undefined || now - notifiedAt < CLAIM_TIME)
  }
}

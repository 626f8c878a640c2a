// A run and the budget of its org: before a chunk begins it asks for a lease, and waits while the budget has none.
import {
  CancellationScope,
  condition,
  defineSignal,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import type { RunSettings } from '../activities/runSettings.ts'
import {
  GIVE_BACK_SIGNAL,
  LEASE_FREE_SIGNAL,
  type Leased,
  orgBudgetWorkflowId,
} from '../packages/client/contract/names.ts'
import { asSummary } from './page/summaries.ts'
import { LEASE } from './policies.ts'
import { UNTIL_RESUMED, whileNotPaused } from './runControl.ts'
import type { RunState } from './runState.ts'

const leaseFreeSignal = defineSignal<[string]>(LEASE_FREE_SIGNAL)
const giveBackSignal = defineSignal<[string]>(GIVE_BACK_SIGNAL)

const asking = (what: string) =>
  proxyActivities<Activities>({ ...LEASE, summary: asSummary(`${what}: ask the budget of the org`) })

/** A run, and what it asks before it uses its org. */
export type RunningLoad = { readonly state: RunState; readonly leases: RunLeases }

export type LeaseOf = {
  /** Names the lease within the run: `chunk 3`, with its attempt. */
  readonly what: string
  /** What is used for the time of the lease; absent when only calls begin. */
  readonly of?: Leased
  /** Shows what the run waits for. */
  readonly note: (words: string) => void
}

/** The leases of one run. Without a budget of the connection it asks for none, and costs no event. */
export class RunLeases {
  readonly #state: RunState
  /** Holders that were notified since they asked. */
  readonly #free = new Set<string>()
  readonly #held = new Set<string>()

  /** Takes the signals of the budget from here on. */
  constructor(state: RunState) {
    this.#state = state
    setHandler(leaseFreeSignal, holder => void this.#free.add(holder), {
      description: 'Used by the budget of the org: a lease is free for the holder.',
    })
  }

  /** Resolves when the budget lets the chunk begin and the run is not paused. Throws CancelledFailure when the run is cancelled. */
  async take(settings: Pick<RunSettings, 'budget' | 'org'>, lease: LeaseOf): Promise<void> {
    const { leased = [], calls = false } = settings.budget ?? {}
    const of = leased.find(limited => limited === lease.of)
    try {
      for (;;) {
        await whileNotPaused(this.#state, () => lease.note(UNTIL_RESUMED))
        if (of === undefined && !calls) return
        const isGranted = await this.#ask(lease, of)
        if (isGranted && this.#state.paused === undefined) return
        // A paused run holds no lease that others wait for.
        if (isGranted) this.giveBack(settings, lease)
      }
    } catch (error) {
      this.giveBack(settings, lease)
      throw error
    }
  }

  /** Ends a lease, once. The budget finds the leases of an ended run by itself. */
  giveBack({ org = '' }: Pick<RunSettings, 'org'>, lease: Pick<LeaseOf, 'what'>): void {
    const holder = this.#holderOf(lease)
    if (!this.#held.delete(holder)) return
    const budget = getExternalWorkflowHandle(orgBudgetWorkflowId(org))
    CancellationScope.nonCancellable(() => budget.signal(giveBackSignal, holder)).catch(() => {})
  }

  /** Whether the lease is granted. Otherwise it resolves when it is time to ask again. */
  async #ask({ what, note }: LeaseOf, of: Leased | undefined): Promise<boolean> {
    const holder = this.#holderOf({ what })
    // The signal may come before the answer.
    this.#free.delete(holder)
    if (of !== undefined) this.#held.add(holder)
    const asked = { runId: this.#state.runId, holder, ...(of === undefined ? {} : { of }) }
    const { wait } = await asking(what).takeLease(asked)
    if (wait === undefined) return true
    const { overBudget } = this.#state
    overBudget.set(what, wait.words)
    note(wait.words)
    try {
      await condition(() => this.#free.has(holder), Math.max(1, wait.until - Date.now()))
    } finally {
      overBudget.delete(what)
    }
    return false
  }

  #holderOf = ({ what }: Pick<LeaseOf, 'what'>): string => `${this.#state.runId}: ${what}`
}

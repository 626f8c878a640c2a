// Shares of a worker's slots. A step may wait hours for an org or a server that answers slowly, and must: records may have been sent. So
// one org, or one place of sources, never takes the last slots, which are left for the steps that wait for others.
import { ApplicationFailure, activityInfo } from '@temporalio/activity'
import { ApplicationFailureCategory } from '@temporalio/common'
import type { ActivityInterceptors } from '@temporalio/worker'
import type { Activities } from '../activities/createActivities.ts'
import { readSpec } from '../loader/protocol/runRecords.ts'
import { hostOfSource } from '../loader/sources/sourceUri.ts'
import type { Dependencies } from '../loader/step.ts'
import { cutToBytes } from '../packages/client/contract/boundedText.ts'
import type { RunFacts } from './telemetry/runFacts.ts'

/** Of this many slots, one is left for others. */
const SLOTS_FOR_ONE_LEFT = 4

/** Milliseconds until Temporal retries a step, by attempt. */
const RETRY_DELAY = 1_000
const LONGEST_RETRY_DELAY = 30_000

/** The steps that read from the place of a source. */
const READS_SOURCE: readonly string[] = [
  'scanSource',
  'stageSource',
  'awaitSource',
] satisfies readonly (keyof Activities)[]

/** The steps that wait for no org and no place: they read and write the run store. */
const LOCAL: readonly string[] = [
  'prepareRun',
  'continueRun',
  'reportSkipped',
  'reportSkippedPlan',
  'recordEnd',
  'fillParents',
  'aggregateResults',
  'aggregatePlan',
  'notifyEnd',
  'notifyDeletions',
  'pruneRuns',
  'admitCalls',
  'recallRun',
  'listSearchAttributes',
  'checkWorker',
  'endedWorkflows',
] satisfies readonly (keyof Activities)[]

/** Counts the running steps by what they wait for. */
export class SlotShares {
  readonly #slots: number
  readonly #running = new Map<string, number>()
  #total = 0

  constructor(slots: number) {
    this.#slots = slots
  }

  /** Returns a function that gives the slot back; undefined when only the last slots are free and the same org or place has one. */
  take(party: string | undefined): (() => void) | undefined {
    const others = Math.floor(this.#slots / SLOTS_FOR_ONE_LEFT)
    const held = party === undefined ? 0 : (this.#running.get(party) ?? 0)
    if (held > 0 && this.#total >= this.#slots - others) return undefined
    this.#add(party, 1)
    return () => this.#add(party, -1)
  }

  #add(party: string | undefined, change: 1 | -1): void {
    this.#total += change
    if (party === undefined) return
    const running = (this.#running.get(party) ?? 0) + change
    if (running === 0) this.#running.delete(party)
    else this.#running.set(party, running)
  }
}

/** Begins no step that would take one of the last slots from others. It is retried: by Temporal, or by its workflow (workflows/laterSteps.ts). */
export function slotShares(slots: number, dependencies: PartyFacts, factsOf: RunFacts): () => ActivityInterceptors {
  const shares = new SlotShares(slots)
  return () => ({
    inbound: {
      async execute(input, next) {
        const party = await partyOf(activityInfo().activityType, input.args[0], dependencies, factsOf)
        const giveBack = shares.take(party)
        if (giveBack === undefined) throw slotsTaken(party ?? '')
        try {
          return await next(input)
        } finally {
          giveBack()
        }
      },
    },
  })
}

/** What tells for whom a step waits. */
type PartyFacts = Pick<Dependencies, 'runStore' | 'sync' | 'connectionNames'>

type StepInput = { readonly connection?: unknown; readonly sync?: unknown; readonly runId?: unknown }

/** What a step waits for; undefined for a step that waits for nothing outside. */
async function partyOf(
  step: string,
  input: unknown,
  { runStore, sync, connectionNames }: PartyFacts,
  factsOf: RunFacts,
): Promise<string | undefined> {
  if (LOCAL.includes(step)) return undefined
  const given: StepInput = typeof input === 'object' && input !== null ? input : {}
  if (READS_SOURCE.includes(step)) return sourcePlace(runStore, given)
  // A worker of one org has no loads of others to leave slots for.
  if (connectionNames.length < 2) return undefined
  if (typeof given.connection === 'string') return connectionNamed(given.connection)
  if (typeof given.runId === 'string') return connectionNamed((await factsOf(given.runId)).connection)
  return typeof given.sync === 'string' ? connectionNamed(sync(given.sync)?.connection) : undefined
}

const connectionNamed = (name: string | undefined): string | undefined => name && `the connection ${name}`

/** The step itself reports what is wrong with its spec. */
async function sourcePlace(runStore: Dependencies['runStore'], { runId }: StepInput): Promise<string | undefined> {
  if (typeof runId !== 'string') return undefined
  try {
    const { source } = await readSpec(runStore(runId))
    return 'uri' in source ? `the sources of ${hostOfSource(source.uri)}` : undefined
  } catch {
    return undefined
  }
}

function slotsTaken(party: string): ApplicationFailure {
  const { attempt, retryPolicy } = activityInfo()
  return ApplicationFailure.create({
    type: 'SlotsTakenError',
    message: `Steps that wait for ${cutToBytes(party, 300)} have all slots of this worker except those for others. The step begins when one has ended; more slots: sflink worker --slots`,
    // With a limit of attempts, those that did not begin must not count: the workflow schedules the step again.
    nonRetryable: Number.isFinite(retryPolicy?.maximumAttempts) && retryPolicy?.maximumAttempts !== 0,
    nextRetryDelay: Math.min(LONGEST_RETRY_DELAY, RETRY_DELAY * attempt),
    category: ApplicationFailureCategory.BENIGN,
  })
}

// A load in which one fault strikes at one place, and how it ended.
import { setImmediate } from 'node:timers/promises'
import { vi } from 'vitest'
import { aggregateResults } from '../../../loader/protocol/aggregate/aggregateResults.ts'
import { SPEC_FILE } from '../../../loader/protocol/layout.ts'
import { planSync } from '../../../loader/runs/planSync.ts'
import { prepareRun } from '../../../loader/runs/prepareRun.ts'
import { rejected } from '../../../loader/sources/errors.ts'
import { earlierRunOf } from '../../../loader/spec/earlierRun.ts'
import { LinkError } from '../../../packages/client/contract/linkError.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import {
  dependenciesOf,
  loadThrough,
  openFile,
  passTime,
  type RunStep,
  stepOf,
  type World,
} from '../protocol/memoryLoad.ts'
import { type Act, Process, type SourceState } from './act.ts'
import { type Effect, interceptedConnection, interceptedStore, type Meet, startOf } from './effects.ts'
import { OpenedJobs } from './openedJobs.ts'
import { STEPS, type StepName } from './steps.ts'
import { type Checked, check } from './verdict.ts'

/** A fault as it strikes in one cell. */
export type Striking = {
  readonly step: StepName
  /** Undefined: no fault. */
  readonly act?: Act
  readonly strikes: (effect: Effect) => boolean
  /** The 1-based effect, of those that it can strike, at which it does. */
  readonly point: number
  /** Whether it strikes at all effects from then on, until the step has failed or waits. */
  readonly lasts: boolean
  /** Whether it strikes in later steps too. */
  readonly spreads?: boolean
  /** Milliseconds that the clock of a process is ahead of the org's, by the number of the process. */
  readonly clock?: (process: number) => number
}

/** Attempts of a step without a limit after which it is said to wait. */
const WAITS_AFTER = 8
/** Milliseconds until a step is retried that states no time. */
const RETRY_AFTER = 30_000
/** Milliseconds until a step is retried that reached a limit of the org. */
const LIMIT_RETRY_AFTER = 600_000

/**
 * How a load ended; the last is the worst. `reports`: records that the org would take are reported as failed, and the org does not have them.
 * `doubts`: records are in doubt until the run is resumed. `undecidable`: also after that.
 */
export const ENDS = ['completes', 'waits', 'reports', 'doubts', 'undecidable', 'fails'] as const
export type End = (typeof ENDS)[number]

export type Ended = {
  readonly end: End
  /** Name of the error of a run that failed. */
  readonly error: string | undefined
  /** What is wrong; empty when nothing is. */
  readonly problems: readonly string[]
  /** The effects of each step. */
  readonly effects: ReadonlyMap<string, readonly Effect[]>
}

export async function loadStruck(newWorld: () => Promise<World>, striking: Striking): Promise<Ended> {
  const world = await newWorld()
  const load = new StruckLoad(world, striking)
  try {
    return await load.run()
  } finally {
    vi.useRealTimers()
  }
}

class StruckLoad {
  readonly #world: World
  readonly #spec: SyncSpec
  readonly #striking: Striking
  readonly #effects = new Map<string, Effect[]>()
  readonly #before: string
  readonly #jobs = new OpenedJobs()
  #met = 0
  #processes = 0
  #source: SourceState = 'given'
  #isHealed = false
  #hasWaited = false

  constructor(world: World, striking: Striking) {
    this.#world = world
    this.#striking = striking
    this.#spec = (JSON.parse(world.files.get('plan.json') ?? '') as { readonly spec: SyncSpec }).spec
    if (this.#isPreparing) world.files.clear()
    else world.files.set(SPEC_FILE, `${JSON.stringify(this.#spec, undefined, 2)}\n`)
    this.#before = JSON.stringify(world.org.records)
    passTime(0)
  }

  get #isPreparing(): boolean {
    return STEPS[this.#striking.step].phase === 'preparing'
  }

  async run(): Promise<Ended> {
    const { problems, ...ended } = await this.#toEnd()
    return { ...ended, problems: [...problems, ...this.#jobs.left(this.#world)] }
  }

  async #toEnd(): Promise<Ended> {
    try {
      await (this.#isPreparing ? this.#load('first', this.#struck) : loadThrough(this.#world, this.#struck))
    } catch (error) {
      return this.#afterFailure(error)
    }
    const checked = check(this.#world)
    const end = this.#endOf(checked)
    const ended = { end, error: undefined, effects: this.#effects, problems: checked.problems }
    if (end !== 'doubts') return ended
    // A person resumes the run when the fault has passed.
    const { problems, left } = await this.#resume()
    return { ...ended, end: left > 0 ? 'undecidable' : end, problems: [...checked.problems, ...problems] }
  }

  /** The run has failed: what it reports must be right, and a run that is resumed loads the rest. */
  async #afterFailure(error: unknown): Promise<Ended> {
    if (!(error instanceof LinkError)) throw error
    const { org } = this.#world
    // Salesforce processes what was committed, whatever happens to the run.
    for (const job of org.jobs) if (job.state === 'InProgress') org.process(job)
    const problems: string[] = []
    if (this.#isPreparing) {
      if (JSON.stringify(org.records) !== this.#before) problems.push('the org was changed before the run failed')
    } else {
      const input = { runId: this.#world.runId, inlineResults: false, ended: 'failed' } as const
      this.#isHealed = true
      await this.#healthy('aggregateResults', (dependencies, step) => aggregateResults(dependencies, input, step))
      problems.push(...check(this.#world).problems.map(problem => `while it had failed: ${problem}`))
    }
    const resumed = await this.#resume()
    problems.push(...resumed.problems)
    if (resumed.left > 0) problems.push(`resumed: ${resumed.left} records are not loaded`)
    return { end: 'fails', error: error.name, problems, effects: this.#effects }
  }

  /** @returns `left`: the records that are not loaded */
  async #resume(): Promise<{ readonly problems: readonly string[]; readonly left: number }> {
    this.#isHealed = true
    this.#source = 'given'
    await this.#load('second', this.#healthy)
    const { problems, inDoubt, unloaded } = check(this.#world)
    return { problems: problems.map(problem => `resumed: ${problem}`), left: inDoubt + unloaded }
  }

  #endOf({ inDoubt, unloaded }: Checked): End {
    if (inDoubt > 0) return 'doubts'
    if (unloaded > 0) return 'reports'
    return this.#hasWaited ? 'waits' : 'completes'
  }

  async #load(execution: string, run: RunStep): Promise<void> {
    const { runId } = this.#world
    const undone = earlierRunOf(this.#spec.source)?.runId
    const what = undone === undefined ? { spec: this.#spec } : { undoOf: undone }
    const input = { runId, execution, workflowId: 'workflow', at: 0, ...what }
    await run('prepareRun', dependencies => prepareRun(dependencies, input))
    await run('planSync', (dependencies, step) => planSync(dependencies, { runId }, step))
    await loadThrough(this.#world, run, execution)
  }

  async #succeed(): Promise<void> {
    if (this.#isPreparing) await this.#load('first', this.#healthy)
    else await loadThrough(this.#world, this.#healthy)
  }

  readonly #struck: RunStep = (name, work) =>
    this.#repeat(name, work, (process, effect) => this.#isStruck(name, process, effect))

  readonly #healthy: RunStep = (name, work) => this.#repeat(name, work, () => false)

  /** Repeats a step as its policy has it; each attempt is a process of its own. */
  async #repeat<T>(
    name: string,
    work: (...given: Parameters<Parameters<RunStep>[1]>) => Promise<T>,
    isStruck: (process: Process, effect: Effect) => boolean,
  ): Promise<T> {
    const { attempts } = STEPS[name as StepName]
    for (let attempt = 1; ; attempt += 1) {
      const process = new Process()
      this.#setClock()
      const meet = this.#meetIn(process, isStruck)
      try {
        if (attempt === 1) await meet(startOf(name), async () => undefined)
        return await work(this.#dependencies(meet), { ...stepOf(attempt), signal: process.signal })
      } catch (error) {
        const isLost = process.isKilled || process.signal.aborted
        if (!isLost && !isRetried(error)) throw error
        if (attempt >= attempts) throw error
        if (
          attempt >= WAITS_AFTER &&
          attempts === Number.POSITIVE_INFINITY &&
          this.#striking.lasts &&
          !this.#isHealed
        ) {
          this.#isHealed = true
          this.#hasWaited = true
        }
        passTime(pauseAfter(error))
        await setImmediate()
      }
    }
  }

  #setClock(): void {
    const { org } = this.#world
    const ahead = this.#striking.clock?.(this.#processes) ?? 0
    this.#processes += 1
    vi.setSystemTime(Date.now() + org.ahead + ahead)
    org.ahead = -ahead
  }

  /** The source in its present state. */
  readonly #openSource: ReturnType<typeof dependenciesOf>['openSource'] = async (given, opening) => {
    if (this.#source === 'given') return dependenciesOf(this.#world).openSource(given, opening)
    if (this.#source === 'gone')
      throw rejected('file:people.csv', 'missing', 'there is no such file', 'Check its name.')
    const before = 'inline' in given ? given.inline : (this.#world.source ?? [])
    const rows = before.map(row => ({ ...row, title: `${row['title']}!` }))
    const reader = await ('inline' in given
      ? dependenciesOf(this.#world).openSource({ inline: rows }, opening)
      : openFile(rows, opening))
    if (this.#source === 'changed') return reader
    return { ...reader, batches: changedWhileRead(reader.batches) }
  }

  #dependencies(meet: Meet) {
    const dependencies = dependenciesOf(this.#world)
    const connection = interceptedConnection(dependencies.connection(), meet)
    const { runId } = this.#world
    const store = interceptedStore(dependencies.runStore(), meet)
    const open = (id: string) => (id === runId ? store : interceptedStore(dependencies.runStores.open(id), meet))
    return {
      ...dependencies,
      connection: () => connection,
      runStore: () => store,
      runStores: { ...dependencies.runStores, open },
      openSource: this.#openSource,
    }
  }

  #meetIn(process: Process, isStruck: (process: Process, effect: Effect) => boolean): Meet {
    return async <T>(effect: Effect, perform: () => Promise<T>): Promise<T> => {
      process.throwIfKilled()
      const { act } = this.#striking
      const strike = {
        effect,
        world: this.#world,
        process,
        succeed: () => this.#succeed(),
        sourceBecomes: (state: SourceState) => {
          this.#source = state
        },
      }
      const result = isStruck(process, effect) && act !== undefined ? await act(strike, perform) : await perform()
      process.throwIfKilled()
      this.#jobs.note(effect, result, process)
      return result as T
    }
  }

  #record(name: string, effect: Effect): void {
    const effects = this.#effects.get(name) ?? []
    effects.push(effect)
    this.#effects.set(name, effects)
  }

  #isStruck(name: string, process: Process, effect: Effect): boolean {
    const { step, strikes, point, lasts, spreads = false } = this.#striking
    if (process.isKilled || this.#isHealed) return false
    this.#record(name, effect)
    const isThere = name === step || (spreads && this.#met >= point && !this.#isPreparing)
    if (!isThere || !strikes(effect)) return false
    this.#met += 1
    return lasts ? this.#met >= point : this.#met === point
  }
}

const isRetried = (error: unknown): error is LinkError =>
  error instanceof LinkError && ['transient', 'limit', 'waiting'].includes(error.kind)

function pauseAfter(error: unknown): number {
  if (!(error instanceof LinkError)) return RETRY_AFTER
  return error.retryAfter ?? (error.kind === 'limit' ? LIMIT_RETRY_AFTER : RETRY_AFTER)
}

async function* changedWhileRead<T>(batches: AsyncIterable<T>): AsyncGenerator<T> {
  yield* batches
  throw rejected('file:people.csv', 'changed', 'the file was changed while it was read', 'Wait until it is written.')
}

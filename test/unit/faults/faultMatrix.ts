// The fault matrix: fault x step x engine x operation. Each crossing is a cell with the end that is expected, or is excluded by a rule
// that gives its reason.
import type { Act } from './act.ts'
import { type Effect, startOf } from './effects.ts'
import { CLOCKS, JOB_FAULTS, SOURCE_FAULTS, STORE_FAULTS, WORKER_FAULTS } from './localFaults.ts'
import { actOf, errorOf, ORG_FAULT_NAMES } from './orgFaults.ts'
import { ENGINES, type Engine, factsOf, OPERATIONS, type Operation, STEP_NAMES, type StepName } from './steps.ts'
import type { End, Ended } from './strike.ts'

type Kind = 'org' | 'job' | 'worker' | 'store' | 'source' | 'clock'

/** A fault as the matrix has it: what it strikes, and whether it passes. */
export type MatrixFault = {
  readonly name: string
  readonly kind: Kind
  readonly strikes: (effect: Effect) => boolean
  readonly act: Act
  readonly lasts: boolean
  readonly spreads?: boolean
  /** The errors of a run that fails because of it. */
  readonly errors?: readonly string[]
  readonly clock?: (process: number) => number
}

const isOrg = ({ place }: Effect) => place === 'org'

/** Each fault of the org strikes once, and lasts. */
const orgFaults = ORG_FAULT_NAMES.flatMap((name): readonly MatrixFault[] => {
  const error = errorOf(name)
  const fault = { kind: 'org', strikes: isOrg, act: actOf(name), errors: error === undefined ? [] : [error] } as const
  const lasting = { ...fault, name: `${name}, for a while`, lasts: true }
  if (name === '401 once') return [{ ...fault, name, lasts: false }]
  if (name === '401 for a while') return [{ ...lasting, name }]
  return [{ ...fault, name, lasts: false }, lasting]
})

const local = (kind: Kind, faults: Readonly<Record<string, Omit<MatrixFault, 'name' | 'kind'>>>) =>
  Object.entries(faults).map(([name, fault]): MatrixFault => ({ name, kind, ...fault }))

/** A clock matters where an answer is lost. */
const clockFaults = Object.entries(CLOCKS).flatMap(([name, clock]) =>
  (['request lost before the work', 'answer lost after the work'] as const).map(
    (loss): MatrixFault => ({
      name: `${name}, ${loss}`,
      kind: 'clock',
      strikes: isOrg,
      act: actOf(loss),
      lasts: false,
      clock,
    }),
  ),
)

export const FAULTS: readonly MatrixFault[] = [
  ...orgFaults,
  ...local('job', JOB_FAULTS),
  ...local('worker', WORKER_FAULTS),
  ...local('store', STORE_FAULTS),
  ...local('source', SOURCE_FAULTS),
  ...clockFaults,
]

export type Crossing = {
  readonly fault: MatrixFault
  readonly step: StepName
  readonly engine: Engine
  readonly operation: Operation
}

export const CROSSINGS: readonly Crossing[] = FAULTS.flatMap(fault =>
  STEP_NAMES.flatMap(step =>
    ENGINES.flatMap(engine => OPERATIONS.map(operation => ({ fault, step, engine, operation }))),
  ),
)

type Rule = {
  readonly reason: string
  readonly excludes: (crossing: Crossing) => boolean
  /** Whether the fault could strike there; otherwise the step has nothing that it strikes. */
  readonly couldStrike?: true
}

const UPLOADED_EARLY: Operation = 'create, uploaded early'

/** The steps that differ when chunks are uploaded while the source is read. */
const EARLY: readonly StepName[] = ['stageSource', 'uploadChunk', 'commitChunk']

const PARENTS_FOUND: Operation = 'create with parents'

/** Loads by one engine: what they send is then sent like any other chunk. */
const BY_ONE_ENGINE: Readonly<Partial<Record<Operation, Engine>>> = {
  undo: 'bulk',
  'changed by key': 'bulk',
  'changed upsert': 'collections',
  'filled by key': 'bulk',
  'kept create': 'collections',
  [PARENTS_FOUND]: 'collections',
  'create in waves': 'collections',
}

/** The steps that differ when records are compared. */
const COMPARING: readonly StepName[] = ['matchRecords', 'aggregateResults']

/** The steps that differ in other loads. An undo reads the files of another run. */
const DIFFERING: Readonly<Partial<Record<Operation, readonly StepName[]>>> = {
  undo: ['prepareRun', 'planSync', 'stageSource', 'matchRecords'],
  [PARENTS_FOUND]: ['scanSource', 'findParents', 'stageSource'],
  'create in waves': ['fillParents'],
}

/** Whether the step makes requests to the org. */
const usesOrg = ({ step, operation }: Crossing): boolean =>
  step === 'stageSource' ? operation === UPLOADED_EARLY : !LOCAL.includes(step)

const LOCAL: readonly StepName[] = ['prepareRun', 'scanSource', 'fillParents', 'aggregateResults']

const PROCESSING: readonly StepName[] = ['commitChunk', 'sendChunk']
const BEFORE_STAGING: readonly StepName[] = ['prepareRun', 'planSync', 'scanSource']
const READS_SOURCE: readonly StepName[] = ['scanSource', 'stageSource']
const OF_JOB: readonly StepName[] = ['stageSource', 'uploadChunk', 'commitChunk', 'awaitJob', 'settleChunk']

/** Where a fault of a job can strike. */
const JOB_STEPS: Readonly<Record<keyof typeof JOB_FAULTS, readonly StepName[]>> = {
  'governor limit': PROCESSING,
  'governor limit, and the answer of a smaller request lost': PROCESSING,
  'governor limit, and a smaller request lost': PROCESSING,
  'row locks that pass': PROCESSING,
  'row locks that stay': PROCESSING,
  'job failed half way': ['commitChunk'],
  'job failed every time': ['commitChunk'],
  'job aborted by someone': OF_JOB,
  'job aborted half way': OF_JOB,
  'job deleted by someone': OF_JOB,
  'results short once': ['settleChunk'],
  'results short for good': ['settleChunk'],
  'results empty once': ['settleChunk'],
  'results empty for good': ['settleChunk'],
  'results replaced by a page': ['settleChunk'],
}

const isJobFault = (name: string): name is keyof typeof JOB_FAULTS => name in JOB_FAULTS

const READING: Effect = { ...startOf('awaitJob'), place: 'store', name: 'readText' }

/** The first rule that applies gives the reason. */
export const RULES: readonly Rule[] = [
  {
    reason: 'a load by the other engine does not have the step',
    excludes: ({ step, engine }) => (factsOf(step).engine ?? engine) !== engine,
  },
  {
    reason: 'only a load by jobs uploads early',
    excludes: ({ engine, operation }) => operation === UPLOADED_EARLY && engine !== 'bulk',
    couldStrike: true,
  },
  {
    reason: 'a chunk that was uploaded early is then one like any other',
    excludes: ({ step, operation }) => operation === UPLOADED_EARLY && !EARLY.includes(step),
    couldStrike: true,
  },
  {
    reason:
      'records are compared, and parents found, alike for both engines, and what differs is sent like any other record',
    excludes: ({ engine, step, operation }) => {
      const only = BY_ONE_ENGINE[operation]
      const steps = DIFFERING[operation] ?? COMPARING
      return only !== undefined && (only !== engine || !steps.includes(step))
    },
    couldStrike: true,
  },
  {
    reason: 'another operation does not have the step',
    excludes: ({ step, operation }) => factsOf(step).only?.includes(operation) === false,
  },
  {
    reason: 'the step makes no request to the org',
    excludes: crossing => ['org', 'job', 'clock'].includes(crossing.fault.kind) && !usesOrg(crossing),
  },
  {
    reason: 'the step neither makes Salesforce process records nor uses a job or its results',
    excludes: ({ fault: { name }, step }) => isJobFault(name) && !JOB_STEPS[name].includes(step),
  },
  {
    reason: 'the step writes nothing into the run store',
    excludes: ({ fault: { kind, strikes }, step }) => kind === 'store' && !strikes(READING) && step === 'awaitJob',
  },
  {
    reason: 'the source of an undo is the run store',
    excludes: ({ fault: { kind }, operation }) => kind === 'source' && operation === 'undo',
    couldStrike: true,
  },
  {
    reason: 'the source has not been read to its end before it is staged',
    excludes: ({ fault: { name }, step }) =>
      name.endsWith('after staging') && (BEFORE_STAGING.includes(step) || step === 'stageSource'),
    couldStrike: true,
  },
  {
    reason: 'only the steps that scan and stage the source read it',
    excludes: ({ fault: { name }, step }) =>
      (name.endsWith('while it is staged') || name.endsWith('before it is staged')) && !READS_SOURCE.includes(step),
    couldStrike: true,
  },
]

/** The rule that excludes the crossing; undefined for a cell. */
export const ruleAgainst = (crossing: Crossing): Rule | undefined => RULES.find(({ excludes }) => excludes(crossing))

const hasName =
  (...names: readonly string[]) =>
  ({ fault }: Crossing): boolean =>
    names.includes(fault.name)

type Exception = {
  readonly reason: string
  readonly applies: (crossing: Crossing) => boolean
  readonly end: (crossing: Crossing) => End
}

const isAborted = hasName('job aborted by someone', 'job aborted half way')

/** Ends that do not follow from whether the fault passes. The first that applies counts. */
const EXCEPTIONS: readonly Exception[] = [
  {
    reason: 'a source that was scanned is staged from its copy',
    applies: ({ fault: { kind }, step, operation }) =>
      kind === 'source' && step === 'stageSource' && operation === PARENTS_FOUND,
    end: () => 'completes',
  },
  {
    reason: 'a chunk that could not be uploaded early is uploaded later, and so is one whose job someone has stopped',
    applies: crossing => crossing.step === 'stageSource' && ['org', 'job'].includes(crossing.fault.kind),
    end: () => 'completes',
  },
  {
    reason: 'a rejected login is not repeated, since that may lock the user',
    applies: hasName('login rejected', 'login rejected, for a while'),
    end: () => 'fails',
  },
  { reason: 'a slow answer is an answer', applies: hasName('slow answer, for a while'), end: () => 'completes' },
  {
    reason: 'only a person knows whether a missing file of the run comes back',
    applies: hasName('store gone'),
    end: () => 'fails',
  },
  {
    reason: 'a source that is missing or half written is not loaded',
    applies: hasName('source changed while it is staged', 'source gone before it is staged'),
    end: () => 'fails',
  },
  {
    reason: 'the org rejects the records in each attempt that the sync allows',
    applies: hasName('row locks that stay', 'job failed every time'),
    end: () => 'reports',
  },
  {
    reason: 'someone wanted the records of an aborted job not to be written; one that has ended cannot be aborted',
    applies: isAborted,
    end: ({ step }) => (step === 'settleChunk' ? 'completes' : 'reports'),
  },
  {
    reason: 'without its job, records that were written are found; the others are absent, or nothing has changed them',
    applies: hasName('job deleted by someone'),
    end: ({ step }) => (step === 'settleChunk' ? 'completes' : 'reports'),
  },
  {
    reason: 'nothing but the results shows the outcome of a record',
    applies: hasName('results short for good', 'results empty for good'),
    end: () => 'doubts',
  },
]

/**
 * The end that is expected of the worst point of a cell: a load continues when the fault passes. One that stays ends a run that has sent nothing yet,
 * or has sent everything; a step that reads or changes the org for the whole run waits.
 */
export function expectedEnd(crossing: Crossing): End {
  const exception = EXCEPTIONS.find(({ applies }) => applies(crossing))
  if (exception !== undefined) return exception.end(crossing)
  if (!crossing.fault.lasts) return 'completes'
  return Number.isFinite(factsOf(crossing.step).attempts) ? 'fails' : 'waits'
}

/**
 * The effects of the step at which the fault strikes, one load for each: all of the first chunk, and the last of the last chunk. The chunks between are
 * loaded alike.
 * @param effects of the step in a load without a fault
 */
export function pointsOf({ strikes }: MatrixFault, effects: Ended['effects'], step: StepName): readonly number[] {
  let chunk = 0
  const struck: number[] = []
  for (const effect of effects.get(step) ?? []) {
    if (effect.place === 'start') chunk += 1
    if (strikes(effect)) struck.push(chunk)
  }
  return struck.flatMap((of, index) => (of === 1 || index === struck.length - 1 ? [index + 1] : []))
}

// The steps of a load, as the matrix crosses them with faults, and the loads.
import { PLAN_FILE, SPEC_FILE } from '../../../loader/protocol/layout.ts'
import type { PlannedRun } from '../../../loader/protocol/runRecords.ts'
import { newLoad } from '../../../loader/runs/earlierLoad.ts'
import { planSync } from '../../../loader/runs/planSync.ts'
import { FILES, PREPARE } from '../../../workflows/policies.ts'
import { dependenciesOf, fromFile, load, newWorld, type Records, stepOf, type World } from '../protocol/memoryLoad.ts'
import type { Files } from '../protocol/memoryRunStore.ts'

type StepFacts = {
  /** What an error of the step means: nothing is sent before `sending`. */
  readonly phase: 'preparing' | 'sending' | 'ending'
  readonly attempts: number
  /** Undefined: both. */
  readonly engine?: Engine
  /** Undefined: all. */
  readonly only?: readonly Operation[]
}

const SEARCHED: readonly Operation[] = [
  'update by key',
  'delete by key',
  'changed by key',
  'changed upsert',
  'filled by key',
  'kept create',
  'undo',
]

const WITH_PARENTS: readonly Operation[] = ['create with parents']

const IN_WAVES: readonly Operation[] = ['create in waves']

const UNLIMITED = Number.POSITIVE_INFINITY

export const STEPS = {
  prepareRun: { phase: 'preparing', attempts: PREPARE.retry.maximumAttempts },
  planSync: { phase: 'preparing', attempts: PREPARE.retry.maximumAttempts },
  scanSource: { phase: 'preparing', attempts: FILES.retry.maximumAttempts, only: WITH_PARENTS },
  findParents: { phase: 'preparing', attempts: UNLIMITED, only: WITH_PARENTS },
  stageSource: { phase: 'preparing', attempts: FILES.retry.maximumAttempts },
  matchRecords: { phase: 'sending', attempts: UNLIMITED, only: SEARCHED },
  fillParents: { phase: 'sending', attempts: UNLIMITED, only: IN_WAVES },
  uploadChunk: { phase: 'sending', attempts: UNLIMITED, engine: 'bulk' },
  commitChunk: { phase: 'sending', attempts: UNLIMITED, engine: 'bulk' },
  awaitJob: { phase: 'sending', attempts: UNLIMITED, engine: 'bulk' },
  settleChunk: { phase: 'sending', attempts: UNLIMITED, engine: 'bulk' },
  sendChunk: { phase: 'sending', attempts: UNLIMITED, engine: 'collections' },
  aggregateResults: { phase: 'ending', attempts: FILES.retry.maximumAttempts },
} as const satisfies Readonly<Record<string, StepFacts>>

export type StepName = keyof typeof STEPS
export const STEP_NAMES = Object.keys(STEPS) as readonly StepName[]
export const factsOf = (step: StepName): StepFacts => STEPS[step]

export const ENGINES = ['bulk', 'collections'] as const
export type Engine = (typeof ENGINES)[number]

export const OPERATIONS = [
  'create',
  'update by Id',
  'update by key',
  'upsert',
  'delete by Id',
  'delete by key',
  'create, uploaded early',
  'changed by key',
  'changed upsert',
  'filled by key',
  'kept create',
  'create with parents',
  'create in waves',
  'undo',
] as const
export type Operation = (typeof OPERATIONS)[number]

/** The org rejects the record Invalid, and the record Locked while its row is locked. */
const NAMES = ['Invalid', 'Ada', 'Locked'] as const

/** Uploads begin with the third chunk that is finished, which is when the row after it has been read. */
const NAMES_UPLOADED_EARLY = [...NAMES, 'Ben', 'Cleo'] as const

/** The org holds the record Same as the load would write it, or leave it. */
const NAMES_COMPARED = [...NAMES, 'Same'] as const

function namesOf(operation: Operation): readonly string[] {
  if (operation === 'create, uploaded early') return NAMES_UPLOADED_EARLY
  return /^(changed|filled|kept)/.test(operation) ? NAMES_COMPARED : NAMES
}

/** Records of a chunk: two chunks, or one for each record. */
const chunkOf = (operation: Operation): number => (operation === 'create, uploaded early' ? 1 : 2)

const titled = { LastName: 'last', FirstName: 'title' }

const UPDATE_BY_KEY = { operation: 'update', fields: { ...titled, Ext_Id__c: 'ext' }, keyField: 'Ext_Id__c' } as const
const UPSERT = {
  operation: 'upsert',
  fields: { ...titled, Ext_Id__c: 'ext' },
  externalIdField: 'Ext_Id__c',
} as const

const SPECS = {
  create: { operation: 'create', fields: titled },
  'update by Id': { operation: 'update', fields: { ...titled, Id: 'id' } },
  'update by key': UPDATE_BY_KEY,
  upsert: UPSERT,
  'delete by Id': { operation: 'delete', fields: { Id: 'id' } },
  'delete by key': { operation: 'delete', fields: { Ext_Id__c: 'ext' }, keyField: 'Ext_Id__c' },
  'create, uploaded early': { operation: 'create', fields: titled },
  'changed by key': { ...UPDATE_BY_KEY, send: 'changed' },
  'changed upsert': { ...UPSERT, send: 'changed' },
  'filled by key': { ...UPDATE_BY_KEY, existing: 'fill-blanks' },
  'kept create': { ...UPDATE_BY_KEY, operation: 'create', existing: 'keep' },
  'create with parents': {
    operation: 'create',
    fields: { ...titled, ReportsToId: { lookup: 'Contact', by: 'Ext_Id__c', from: 'boss' } },
  },
  'create in waves': {
    operation: 'create',
    fields: { ...titled, ReportsToId: { sync: 'self', by: 'last', from: 'boss' } },
  },
} as const

/** Whether the org has the record before the load. */
const EXISTS: Readonly<Record<keyof typeof SPECS, (index: number) => boolean>> = {
  create: () => false,
  'update by Id': () => true,
  'update by key': () => true,
  upsert: index => index === 1,
  'delete by Id': () => true,
  'delete by key': () => true,
  'create, uploaded early': () => false,
  'changed by key': () => true,
  'changed upsert': index => index % 2 === 1,
  'filled by key': () => true,
  'kept create': index => index === NAMES.length,
  'create with parents': () => false,
  'create in waves': () => false,
}

/** Id of the record that is added to an org as this one, counted from 0. */
const idOf = (index: number): string => `003${String(index + 1).padStart(12, '0')}AAA`

const rowsOf = (operation: Operation): Records =>
  namesOf(operation).map((last, index) => {
    const id = operation.startsWith('update') || operation.startsWith('delete') ? idOf(index) : ''
    return { last, title: `T${index}`, ext: `K${index}`, id, boss: bossOf(operation, last) }
  })

/** In waves the other records are loaded after Ada. */
function bossOf(operation: Operation, last: string): string {
  if (operation !== 'create in waves') return 'Boss'
  return last === 'Ada' ? '' : 'Ada'
}

export async function worldOf(engine: Engine, operation: Operation): Promise<World> {
  if (operation === 'undo') return undoOf(engine)
  const records = chunkOf(operation)
  const world = newWorld(rowsOf(operation), {
    ...SPECS[operation],
    engine,
    chunk: { collectionsRecords: records, bulkRecords: records },
    resend: { lostAnswerWait: 60_000 },
    resultColumns: ['id', 'created', 'outcome', 'errorcode'],
  })
  world.org.polls = 1
  if (operation === 'create with parents') {
    world.org.add({ LastName: 'Boss', FirstName: 'Before', Ext_Id__c: 'Boss' }, 'someone else', 3_600_000)
    return fromFile(world, rowsOf(operation))
  }
  for (const [index, last] of namesOf(operation).entries()) {
    const otherwise = operation === 'filled by key' ? '' : 'Before'
    const FirstName = last === 'Same' ? `T${index}` : otherwise
    const before = { LastName: last, FirstName, Ext_Id__c: `K${index}` }
    if (EXISTS[operation](index)) world.org.add(before, 'someone else', 3_600_000)
  }
  return world
}

export const UNDO_ID = 'undo'

/** What the run that is undone does. The records Ben and Locked exist before it. */
const UNDONE: Records = [
  { last: 'Ada', op: 'create' },
  { last: 'Ben', op: 'delete' },
  { last: 'Locked', op: 'update' },
].map((row, index) => ({ ...row, title: `T${index}`, ext: `K${index}` }))

/** The undo of a run that has created, overwritten and deleted a record. */
async function undoOf(engine: Engine): Promise<World> {
  const { operation: _, ...keyed } = UPDATE_BY_KEY
  const parts = { ...keyed, operation: { column: 'op' }, undo: true, resend: { lostAnswerWait: 60_000 } }
  const earlier = newWorld(UNDONE, { ...parts, engine, resultColumns: ['id', 'created', 'outcome', 'errorcode'] })
  const { spec: loaded } = JSON.parse(earlier.files.get(PLAN_FILE) ?? '') as PlannedRun
  earlier.files.set(SPEC_FILE, JSON.stringify(loaded))
  for (const { last = '', ext = '', op } of UNDONE) {
    const before = { LastName: last, FirstName: 'Before', Ext_Id__c: ext }
    if (op !== 'create') earlier.org.add(before, 'someone else', 3_600_000)
  }
  await load(earlier)
  const { spec } = await newLoad(dependenciesOf(earlier).runStores, { kind: 'undo', runId: earlier.runId })
  const files: Files = new Map([[SPEC_FILE, JSON.stringify(spec)]])
  earlier.runs.set(UNDO_ID, files)
  const world = { ...earlier, runId: UNDO_ID, files }
  await planSync(dependenciesOf(world), { runId: UNDO_ID }, stepOf())
  world.org.polls = 1
  return world
}

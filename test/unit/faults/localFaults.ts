// Faults of jobs, workers, run stores, sources and clocks.

import type { IngestResultsKind } from '../../../loader/salesforce/salesforceConnection.ts'
import { RunStoreError } from '../../../loader/storage/errors.ts'
import { passTime, type World } from '../protocol/memoryLoad.ts'
import type { Files } from '../protocol/memoryRunStore.ts'
import { type Answer, type ScriptedOrg, WRITES } from '../protocol/scriptedOrg.ts'
import type { Act, Strike } from './act.ts'
import type { Effect } from './effects.ts'

type Fault = {
  readonly strikes: (effect: Effect) => boolean
  readonly act: Act
  readonly lasts: boolean
  /** Whether it strikes in later steps too, until the run has failed. */
  readonly spreads?: boolean
  /** The errors of a run that fails because of the fault. */
  readonly errors?: readonly string[]
}

const STORE = 'memory:run'

const isStart = ({ place }: Effect) => place === 'start'
const isOutside = ({ place }: Effect) => place !== 'start'
const isStore = ({ place }: Effect) => place === 'store'
const isStoreWrite = ({ place, writes }: Effect) => place === 'store' && writes
const isStoreRead = ({ place, writes }: Effect) => place === 'store' && !writes
const isOf =
  (...names: readonly string[]) =>
  ({ name }: Effect) =>
    names.includes(name)

/** The requests that make the org process records. */
const isProcessing = isOf('createRecords', 'updateRecords', 'upsertRecords', 'deleteRecords', 'closeIngestJob')
const isOfJob = isOf('uploadIngestData', 'closeIngestJob', 'ingestJob', 'ingestResults')
const isResults = isOf('ingestResults')

/** Changes the org, and lets the request through. */
const orgDoes =
  (change: (org: ScriptedOrg, effect: Effect) => void): Act =>
  ({ world, effect }, perform) => {
    change(world.org, effect)
    return perform()
  }

const jobOf = (org: ScriptedOrg, { of }: Effect) => org.jobs.find(({ id }) => id === of)

/** Someone aborts the job when it has processed so many records. */
const abortedAfter = (records: number) =>
  orgDoes((org, effect) => {
    const job = jobOf(org, effect)
    if (job === undefined || job.state === 'JobComplete' || job.state === 'Failed') return
    if (job.state === 'InProgress') {
      org.processes.unshift(records)
      org.process(job)
    }
    job.state = 'Aborted'
  })

const deleted = orgDoes((org, effect) => {
  const job = jobOf(org, effect)
  if (job !== undefined) org.jobs.splice(org.jobs.indexOf(job), 1)
})

const changed =
  (change: (csv: string, kind: IngestResultsKind) => string) =>
  async ({ world: { org } }: Strike, perform: () => Promise<unknown>) => {
    org.changeResults = (kind, csv) => change(csv, kind)
    const answer = await perform()
    org.changeResults = (_kind, csv) => csv
    return answer
  }

const withoutLastLine = (csv: string): string => csv.trimEnd().split('\n').slice(0, -1).join('\n')

/** @param records that are rejected before the lock passes */
const locked = (records: number) =>
  orgDoes(org => {
    org.locks = records
  })

/** The triggers of the org process one record at a time from now on. @param answers of the requests after this */
const overLimit = (...answers: readonly Answer[]) =>
  orgDoes(org => {
    org.triggered = 1
    for (const write of WRITES) org.script[write] = [...answers]
  })

export const JOB_FAULTS = {
  'governor limit': { strikes: isProcessing, lasts: false, act: overLimit() },
  'governor limit, and the answer of a smaller request lost': {
    strikes: isProcessing,
    lasts: false,
    act: overLimit('succeed', 'lostAfter'),
  },
  'governor limit, and a smaller request lost': {
    strikes: isProcessing,
    lasts: false,
    act: overLimit('succeed', 'lostBefore'),
  },
  'row locks that pass': { strikes: isProcessing, lasts: false, act: locked(1) },
  'row locks that stay': { strikes: isProcessing, lasts: true, act: locked(9) },
  'job failed half way': {
    strikes: isOf('closeIngestJob'),
    lasts: false,
    act: orgDoes(org => void org.processes.push(1)),
  },
  'job failed every time': {
    strikes: isOf('closeIngestJob'),
    lasts: true,
    act: orgDoes(org => void org.processes.push(0)),
  },
  'job aborted by someone': { strikes: isOfJob, lasts: false, act: abortedAfter(0) },
  'job aborted half way': { strikes: isOfJob, lasts: false, act: abortedAfter(1) },
  'job deleted by someone': { strikes: isOfJob, lasts: false, act: deleted },
  'results short once': { strikes: isResults, lasts: false, act: changed(withoutLastLine) },
  'results short for good': { strikes: isResults, lasts: true, act: changed(withoutLastLine) },
  'results empty once': { strikes: isResults, lasts: false, act: changed(() => '') },
  'results empty for good': { strikes: isResults, lasts: true, act: changed(() => '') },
  'results replaced by a page': { strikes: isResults, lasts: false, act: changed(() => '<html>Please log in</html>') },
} as const satisfies Readonly<Record<string, Fault>>

/** Milliseconds after which Temporal gives a step without a heartbeat to another worker. */
const FROZEN = 45_000

const frozen: Act = async ({ succeed }, perform) => {
  passTime(FROZEN)
  await succeed()
  return perform()
}

const frozenAfter: Act = async ({ succeed }, perform) => {
  const answer = await perform()
  passTime(FROZEN)
  await succeed()
  return answer
}

export const WORKER_FAULTS = {
  'worker killed before the effect': { strikes: isOutside, lasts: false, act: async ({ process }) => process.kill() },
  'worker killed after the effect': {
    strikes: isOutside,
    lasts: false,
    act: async ({ process }, perform) => {
      await perform()
      process.kill()
    },
  },
  'worker frozen, then alive beside its successor': { strikes: isOutside, lasts: false, act: frozen },
  'worker frozen after the effect, then alive beside its successor': {
    strikes: isOutside,
    lasts: false,
    act: frozenAfter,
  },
  'worker stopped by SIGTERM': {
    strikes: isOutside,
    lasts: false,
    act: ({ process }, perform) => {
      process.stop()
      return perform()
    },
  },
} as const satisfies Readonly<Record<string, Fault>>

const diskError = ({ name, of }: Effect, code: string) =>
  new RunStoreError(name, STORE, of, Object.assign(new Error(code), { code }))

const disk =
  (code: string): Act =>
  async ({ effect }) => {
    throw diskError(effect, code)
  }

/** Where the store of a world was mounted: what was written there while it was not, and the store meanwhile. */
type Mount = { other: Files; store: Files; users: number }

const mounts = new WeakMap<World, Mount>()

/** Another disk is where the store was mounted, empty at first. Several calls of a step may use it at the same time. */
const gone: Act = async ({ world: { files }, world }, perform) => {
  const mount = mounts.get(world) ?? { other: new Map(), store: new Map(), users: 0 }
  mounts.set(world, mount)
  if (mount.users === 0) {
    mount.store = new Map(files)
    replace(files, mount.other)
  }
  mount.users += 1
  try {
    return await perform()
  } finally {
    mount.users -= 1
    if (mount.users === 0) {
      mount.other = new Map(files)
      replace(files, mount.store)
    }
  }
}

function replace(files: Files, content: Files): void {
  files.clear()
  for (const [path, text] of content) files.set(path, text)
}

const s3Error = ({ name, of }: Effect) =>
  new RunStoreError(name, 's3://runs/run', of, undefined, {
    code: 'InternalError',
    reason: 'an error of S3',
    advice: 'Wait',
  })

/** A run reads its plan first, and the marker of its staged source last. */
const GONE = ['RunFileMissingError', 'ResultsIncompleteError']

export const STORE_FAULTS = {
  'disk full for a moment': { strikes: isStoreWrite, lasts: false, act: disk('ENOSPC') },
  'disk full': { strikes: isStoreWrite, lasts: true, errors: ['RunStoreError'], act: disk('ENOSPC') },
  'store read-only': { strikes: isStoreWrite, lasts: true, errors: ['RunStoreError'], act: disk('EROFS') },
  'store gone': { strikes: isStore, lasts: true, spreads: true, act: gone, errors: GONE },
  'a read of the store fails': { strikes: isStoreRead, lasts: false, act: disk('EIO') },
  'every read of the store fails': { strikes: isStoreRead, lasts: true, errors: ['RunStoreError'], act: disk('EIO') },
  'a slow read of the store': {
    strikes: isStoreRead,
    lasts: false,
    act: (_, perform) => {
      passTime(FROZEN)
      return perform()
    },
  },
  'an S3 error before the work': {
    strikes: isStore,
    lasts: false,
    act: async ({ effect }) => {
      throw s3Error(effect)
    },
  },
  'an S3 error after the work': {
    strikes: isStoreWrite,
    lasts: false,
    act: async ({ effect }, perform) => {
      await perform()
      throw s3Error(effect)
    },
  },
} as const satisfies Readonly<Record<string, Fault>>

const source =
  (state: 'changed' | 'changing' | 'gone'): Act =>
  ({ sourceBecomes }, perform) => {
    sourceBecomes(state)
    return perform()
  }

const once = { strikes: isStart, lasts: false } as const

export const SOURCE_FAULTS = {
  'source changed after staging': { ...once, act: source('changed') },
  'source gone after staging': { ...once, act: source('gone') },
  'source changed while it is staged': { ...once, act: source('changing'), errors: ['SourceFileError'] },
  'source gone before it is staged': { ...once, act: source('gone'), errors: ['SourceFileError'] },
} as const satisfies Readonly<Record<string, Fault>>

/** Milliseconds that clocks differ from the org's. */
const SKEW = 600_000

/** The clocks of one process after the other, as milliseconds ahead of the org's. */
export const CLOCKS: Readonly<Record<string, (process: number) => number>> = {
  'clock ten minutes ahead': () => SKEW,
  'clock ten minutes behind': () => -SKEW,
  'workers with clocks twenty minutes apart': process => (process % 2 === 0 ? SKEW : -SKEW),
}

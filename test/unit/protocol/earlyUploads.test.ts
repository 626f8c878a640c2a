// Chunks that are uploaded while the source is read: they are committed only after the last row was checked, and never twice.
import { Readable } from 'node:stream'
import { describe, expect, test, vi } from 'vitest'
import { uploadChunk } from '../../../loader/protocol/bulk/uploadChunk.ts'
import { PLAN_FILE, STAGED_FILE } from '../../../loader/protocol/layout.ts'
import type { PlannedRun } from '../../../loader/protocol/runRecords.ts'
import { stageSource } from '../../../loader/protocol/stage/stageSource.ts'
import type { StagedSource } from '../../../loader/protocol/staged.ts'
import type { SourceReader } from '../../../loader/sources/sourceReader.ts'
import { RunRejectedError } from '../../../loader/spec/runRejectedError.ts'
import { RunStoreError } from '../../../loader/storage/errors.ts'
import type { SpecParts } from '../../rig/describes.ts'
import { dependenciesOf, load, newWorld, outcomeOf, people, RUN_ID, stage, stepOf, type World } from './memoryLoad.ts'
import { ANSWERS } from './scriptedOrg.ts'

const NAMES = ['Ada', 'Ben', 'Cleo', 'Dan', 'Eve'] as const
const chunk = { bulkRecords: 1 }
const bulk: Partial<SpecParts> = { engine: 'bulk', chunk }

const created = NAMES.map(last => ({ last, inOrg: 1, outcome: 'created: true', isRight: true }))

const newBulk = (parts: Partial<SpecParts> = {}): World => newWorld(people(...NAMES), { ...bulk, ...parts })

const uploadedIn = ({ chunks }: StagedSource) => chunks.filter(({ uploaded }) => uploaded !== undefined)
const statesOf = ({ org }: World) => org.jobs.map(({ state }) => state)

/** Stages the source row by row. Each row is read when `pace` lets it. */
function stagePaced(world: World, pace: (row: number) => Promise<void>, signal = new AbortController().signal) {
  const dependencies = dependenciesOf(world)
  const openSource: typeof dependencies.openSource = async (source, opening) => {
    const reader = await dependencies.openSource(source, opening)
    const openRow = (record: Record<string, string>) =>
      dependencies.openSource({ inline: [record] }, { ...opening, onBytes: async () => undefined })
    return { ...reader, batches: rowByRow(reader, 'inline' in source ? source.inline : [], openRow, pace) }
  }
  return stageSource({ ...dependencies, openSource }, { runId: RUN_ID }, { ...stepOf(), signal })
}

async function* rowByRow(
  whole: SourceReader,
  records: readonly Readonly<Record<string, string>>[],
  openRow: (record: Record<string, string>) => Promise<SourceReader>,
  pace: (row: number) => Promise<void>,
): SourceReader['batches'] {
  // Passes the bytes on.
  for await (const _ of whole.batches);
  for (const [index, record] of records.entries()) {
    await pace(index + 1)
    for await (const batch of (await openRow(record)).batches) yield { ...batch, firstRow: index + 1 }
  }
}

const untilUploads = (world: World, uploads: number) =>
  vi.waitUntil(() => world.org.count('uploadIngestData') >= uploads)

test('nothing is uploaded early while only the calls are left that are reserved for others', async () => {
  const world = newBulk()
  const dependencies = dependenciesOf(world)
  const reserved = { budget: { apiReserve: 0.2 }, readApiUsage: async () => ({ used: 80, limit: 100 }) }
  const connection = () => ({ ...dependencies.connection(), ...reserved })
  const staged = await stageSource({ ...dependencies, connection }, { runId: RUN_ID }, stepOf())
  expect(staged.chunks).toHaveLength(5)
  expect(uploadedIn(staged)).toEqual([])
  expect(world.org.count('openIngestJob')).toBe(0)
  expect(uploadedIn(await stage(newBulk())), 'with more calls').not.toEqual([])
})

test('chunks are uploaded from the third one on while later rows are read, and committed after the last', async () => {
  const world = newBulk()
  const staged = await stagePaced(world, async row => {
    // A chunk ends when the row after it has been read.
    if (row <= 4) expect(world.org.jobs).toEqual([])
    if (row === 5) await untilUploads(world, 3)
  })
  expect(uploadedIn(staged).map(one => one.chunk)).toEqual([1, 2, 3, 4])
  expect(statesOf(world)).toEqual(['Open', 'Open', 'Open', 'Open'])
  await load(world)
  expect(outcomeOf(world)).toEqual(created)
  expect(statesOf(world)).toEqual(NAMES.map(() => 'JobComplete'))
  expect(world.org.count('uploadIngestData')).toBe(NAMES.length)
})

test('at most four times as many chunks are uploaded early as are in progress at a time', async () => {
  const world = newWorld(people(...Array.from({ length: 9 }, (_, index) => `P${index}`)), { ...bulk, concurrency: 1 })
  const staged = await stagePaced(world, async row => {
    if (row === 9) await untilUploads(world, 4)
  })
  expect(uploadedIn(staged).map(one => one.chunk)).toEqual([1, 2, 3, 4])
})

test('two chunks are uploaded after the checks', async () => {
  const world = newBulk({ chunk: { bulkRecords: 3 } })
  expect(uploadedIn(await stage(world))).toEqual([])
  expect(world.org.jobs).toEqual([])
})

const keyed = { LastName: 'last', Ext_Id__c: 'ext' }

test.each<[string, Partial<SpecParts>]>([
  ['upload: after-checks', { upload: 'after-checks' }],
  ['the engine collections', { engine: 'collections', chunk: { collectionsRecords: 1 } }],
  ['an engine that is chosen by the number of records', { engine: 'auto' }],
  ['an update by a key field', { operation: 'update', keyField: 'Ext_Id__c', fields: keyed }],
  ['an operation by column', { operation: { column: 'action' }, keyField: 'Ext_Id__c', fields: keyed }],
])('nothing is uploaded early with %s', async (_, parts) => {
  const world = newWorld(
    NAMES.map((last, index) => ({ last, ext: `K${index}`, action: 'create' })),
    { ...bulk, ...parts },
  )
  expect(uploadedIn(await stage(world))).toEqual([])
  expect(world.org.jobs).toEqual([])
})

describe('an upload that fails', () => {
  const faults = ANSWERS.filter(answer => answer !== 'succeed').flatMap(answer => [
    ['openIngestJob', answer] as const,
    ['uploadIngestData', answer] as const,
  ])

  test.each(faults)('%s: %s, stops no staging, and the chunk is uploaded later', async (call, answer) => {
    const world = newBulk()
    world.org.script[call] = [answer, answer]
    await stage(world)
    await load(world)
    expect(outcomeOf(world)).toEqual(created)
    expect(statesOf(world).filter(state => state === 'JobComplete')).toHaveLength(NAMES.length)
    expect(statesOf(world)).not.toContain('UploadComplete')
  })

  test('ends the early uploads', async () => {
    const world = newBulk()
    world.org.script.openIngestJob = ['unreachable', 'unreachable']
    await stagePaced(world, async row => {
      if (row === 5) await vi.waitUntil(() => world.org.count('openIngestJob') === 2)
    })
    expect(world.org.count('openIngestJob')).toBe(2)
  })
})

describe('a source that is not staged', () => {
  test('has its jobs aborted, and the failure says so', async () => {
    const world = newWorld([...people(...NAMES), { last: '' }], { ...bulk, maxRejected: 0 })
    const failure = await stagePaced(world, async row => {
      if (row === 6) await untilUploads(world, 2)
    }).then(
      () => undefined,
      (error: Error) => error.message,
    )
    expect(failure).toMatch(
      /1 of 6 records can't be sent, maxRejected allows 0; .*\. Chunks were uploaded to \d ingest jobs while the source was read; Salesforce processed nothing of them, and they were aborted$/,
    )
    expect(new Set(statesOf(world))).toEqual(new Set(['Aborted']))
    expect(world.files.has(STAGED_FILE)).toBe(false)
  })

  test('because reading fails, names the jobs that could not be aborted', async () => {
    const world = newBulk()
    world.org.script.abortIngestJob = Array.from({ length: 9 }, () => 'unreachable' as const)
    const broken = stagePaced(world, async row => {
      if (row < 5) return
      await untilUploads(world, 3)
      throw new RunRejectedError('The source', ['row 5 is cut'])
    })
    await expect(broken).rejects.toThrow(
      /^The source: row 5 is cut\. Chunks .*, and 0 were aborted, the others end by themselves$/,
    )
    expect(new Set(statesOf(world))).toEqual(new Set(['Open']))
    await load(world)
    expect(outcomeOf(world)).toEqual(created)
    expect(statesOf(world).filter(state => state === 'Aborted')).toHaveLength(3)
  })

  test('because the run was cancelled, has its jobs aborted', async () => {
    const world = newBulk()
    const controller = new AbortController()
    const cancelled = stagePaced(
      world,
      async row => {
        if (row < 5) return
        await untilUploads(world, 2)
        controller.abort(new Error('cancelled'))
      },
      controller.signal,
    )
    await expect(cancelled).rejects.toThrow('cancelled')
    expect(new Set(statesOf(world))).toEqual(new Set(['Aborted']))
    await load(world)
    expect(outcomeOf(world)).toEqual(created)
  })
})

test("a job whose opening can't be recorded does not stay open", async () => {
  const world = newBulk({ upload: 'after-checks' })
  await stage(world)
  const dependencies = dependenciesOf(world)
  const store = dependencies.runStore()
  const full: typeof store = {
    ...store,
    writeOnce: () => Promise.reject(new RunStoreError('Writing', store.location, 'chunks', new Error('disk full'))),
  }
  const place = { runId: RUN_ID, chunk: 1, operation: 'create', attempt: 1 } as const
  await expect(uploadChunk({ ...dependencies, runStore: () => full }, place, stepOf())).rejects.toThrow('disk full')
  expect(statesOf(world)).toEqual(['Aborted'])
})

describe('between the staging and the commit', () => {
  test.each<[string, (world: World) => void]>([
    ['a job that is aborted', ({ org }) => void Object.assign(org.jobs[0] ?? {}, { state: 'Aborted' })],
    ['a job that is deleted', ({ org }) => void org.jobs.splice(0)],
  ])('%s is replaced by another', async (_, change) => {
    const world = newBulk()
    expect(uploadedIn(await stage(world)).length).toBeGreaterThan(0)
    change(world)
    await load(world)
    expect(outcomeOf(world)).toEqual(created)
  })

  test('a job that someone stopped during its upload is replaced by another, though it has only a part of the bytes', async () => {
    const world = newBulk()
    const connection = dependenciesOf(world).connection()
    const uploadIngestData: typeof connection.uploadIngestData = async (id, ...rest) => {
      Object.assign(world.org.jobs.find(job => job.id === id) ?? {}, { state: 'Aborted' })
      await connection.uploadIngestData(id, Readable.from([]), rest[1])
    }
    const stopped = { ...dependenciesOf(world), connection: () => ({ ...connection, uploadIngestData }) }
    const staged = await stageSource(stopped, { runId: RUN_ID }, stepOf())
    expect(uploadedIn(staged).length).toBeGreaterThan(0)
    await load(world)
    expect(outcomeOf(world)).toEqual(created)
  })

  test('a job that someone has closed is not sent again', async () => {
    const world = newBulk()
    const [first] = uploadedIn(await stage(world))
    const connection = dependenciesOf(world).connection()
    await connection.closeIngestJob(first?.uploaded?.jobId ?? '')
    await load(world)
    expect(outcomeOf(world)).toEqual(created)
  })
})

describe('two attempts to stage the same source', () => {
  /** Stages with an attempt that continues when another one has done `work`. */
  async function behind(world: World, work: () => Promise<unknown>): Promise<StagedSource> {
    return stagePaced(world, async row => {
      if (row < 5) return
      await untilUploads(world, 2)
      await work()
    })
  }

  test('send each record once, and the jobs of the second are aborted', async () => {
    const world = newBulk()
    const late = await behind(world, () => load(world))
    const own = new Set(world.org.jobs.filter(({ state }) => state === 'JobComplete').map(({ id }) => id))
    expect(uploadedIn(late).every(({ uploaded }) => own.has(uploaded?.jobId ?? ''))).toBe(true)
    expect(own.size).toBe(NAMES.length)
    await load(world)
    expect(outcomeOf(world)).toEqual(created)
    expect(new Set(statesOf(world))).toEqual(new Set(['JobComplete', 'Aborted']))
  })

  test('that have read different sources: the later one replaces no file of the first', async () => {
    const world = newBulk({ upload: 'after-checks' })
    let files: World['files'] | undefined
    const late = await stagePaced(world, async row => {
      if (row !== 2) return
      const { spec, ...run } = JSON.parse(world.files.get(PLAN_FILE) ?? '') as PlannedRun
      const source = { inline: people(...NAMES.toReversed()) }
      world.files.set(PLAN_FILE, JSON.stringify({ ...run, spec: { ...spec, source } }))
      await stage(world)
      files = new Map(world.files)
    })
    expect(world.files).toEqual(files)
    await load(world)
    expect(outcomeOf(world)).toEqual(created.toReversed())
    expect(late.chunks).toHaveLength(NAMES.length)
  })

  test('that have read different sources send nothing of a chunk that is another than the staged one', async () => {
    const world = newBulk()
    const [first] = uploadedIn(await stage(world))
    world.files.set('chunks/00001.csv', 'LastName\nZoe\n')
    const place = { runId: RUN_ID, chunk: 1, operation: 'create', attempt: 1 } as const
    const uploaded = first?.uploaded ?? { jobId: '', sha256: '' }
    await expect(uploadChunk(dependenciesOf(world), { ...place, uploaded }, stepOf())).rejects.toMatchObject({
      ...{ name: 'ChunkChangedError', kind: 'fatal' },
      message: expect.stringMatching(/^memory:run\/chunks\/00001\.csv is not the chunk that was staged: /),
    })
    await expect(load(world)).rejects.toMatchObject({ name: 'ChunkChangedError' })
    expect(world.org.records).toEqual([])
  })
})

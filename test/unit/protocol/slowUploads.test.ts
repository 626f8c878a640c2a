// Uploads that take long: what another attempt does meanwhile, and what a worker does that was stopped in between.
import { afterEach, expect, test, vi } from 'vitest'
import { CancelledWhileWaiting, Departure, INTENT_LIFETIME } from '../../../loader/protocol/collections/departure.ts'
import { RequestJournal } from '../../../loader/protocol/collections/requestJournal.ts'
import { sendChunk } from '../../../loader/protocol/collections/sendChunk.ts'
import { chunkFiles } from '../../../loader/protocol/layout.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { filesOf, fileWorld, rowsOf, writeFiles } from './fileWorld.ts'
import { dependenciesOf, load, passTime, RUN_ID, stage, stepOf } from './memoryLoad.ts'
import { memoryRunStore } from './memoryRunStore.ts'
import { SimulatedWorker, WorkerKilledError } from './simulatedWorker.ts'

afterEach(() => void vi.useRealTimers())

const folder = temporaryFolder()
writeFiles(folder, { 'a.txt': 'first', 'b.txt': 'second' })
const CREATED = { outcome: 'created', inOrg: 1, isRight: true, errormessage: '' }
const PLACE = { runId: RUN_ID, chunk: 1, operation: 'create', attempt: 1 } as const

const newWorld = (lostAnswerWait: number) =>
  fileWorld(folder, rowsOf(folder, 'a.txt', 'b.txt'), { resend: { lostAnswerWait } })

test('a worker that was stopped while it sent a file does not send its last bytes, and sends the file again', async () => {
  const world = newWorld(60_000)
  const reads: number[] = []
  world.org.blobs.onRead = () => {
    reads.push(Date.now())
    if (reads.length === 1) passTime(INTENT_LIFETIME + 1)
  }
  await load(world)
  expect(filesOf(world)).toEqual([CREATED, CREATED])
  expect(reads).toHaveLength(3)
  expect(world.org.count('createBlob')).toBe(2)
})

test('an attempt waits for the file that another one sends, and both have its result', async () => {
  const world = newWorld(60_000)
  await stage(world)
  const dependencies = dependenciesOf(world)
  let rival: Promise<unknown> = Promise.resolve()
  world.org.blobs.onRead = async () => {
    world.org.blobs.onRead = () => undefined
    rival = expect(sendChunk(dependencies, PLACE, stepOf())).rejects.toMatchObject({ kind: 'waiting' })
    await rival
  }
  await load(world)
  await rival
  expect(filesOf(world)).toEqual([CREATED, CREATED])
})

test('of a stopped worker and an attempt that has found nothing, one sends the file', async () => {
  const world = newWorld(60_000)
  await stage(world)
  let other: Promise<unknown> = Promise.resolve()
  world.org.blobs.onRead = async () => {
    world.org.blobs.onRead = () => undefined
    other = load(world)
    await other
  }
  await load(world)
  await other
  expect(filesOf(world)).toEqual([CREATED, CREATED])
  expect(world.org.records).toHaveLength(2)
})

test('a declaration that is renewed counts from its renewal, and keeps the time from which records are searched', async () => {
  const world = newWorld(0)
  const store = memoryRunStore(world.files, new SimulatedWorker())
  const journal = await RequestJournal.open(store, chunkFiles(1, 1).journal)
  const waiting = new CancelledWhileWaiting(new AbortController().signal)
  const departure = new Departure(journal, '1-1', at => at + 5_000, waiting, { checksum: 'abc' })
  await departure.beforeSend()
  const declared = await journal.intent('1-1')
  passTime(INTENT_LIFETIME - 1)
  await departure.renew()
  passTime(INTENT_LIFETIME - 1)
  departure.beforeEnd()
  const renewed = await journal.intent('1-1')
  expect(renewed).toMatchObject({ orgTime: declared?.orgTime, checksum: 'abc' })
  expect((renewed?.renewed ?? 0) - (declared?.orgTime ?? 0)).toBeGreaterThanOrEqual(INTENT_LIFETIME - 1)
  expect((departure.over()?.over ?? 0) - (renewed?.renewed ?? 0)).toBeGreaterThanOrEqual(INTENT_LIFETIME - 1)
  passTime(2)
  expect(departure.beforeEnd).toThrow('declared more than 15 s ago')
})

test('a file that changed is not rejected while another attempt has sent it', async () => {
  const world = newWorld(60_000)
  await stage(world)
  const { contentFiles, ...dependencies } = dependenciesOf(world)
  const sent = Promise.withResolvers<void>()
  const rejected = Promise.withResolvers<void>()
  let sending: Promise<unknown> = Promise.resolve()
  // This attempt has seen no declaration when the other one begins.
  const read: typeof contentFiles.read = async function* (file, signal) {
    world.org.onWrite = async () => {
      world.org.onWrite = async () => undefined
      sent.resolve()
      await rejected.promise
    }
    sending = load(world)
    await sent.promise
    writeFiles(folder, { 'a.txt': 'changed' })
    yield* contentFiles.read(file, signal)
  }
  const late = sendChunk({ ...dependencies, contentFiles: { ...contentFiles, read } }, PLACE, stepOf())
  await expect(late).rejects.toMatchObject({ name: 'RequestTakenError' })
  rejected.resolve()
  await sending
  expect(filesOf(world)).toEqual([CREATED, CREATED])
})

test('a file that was never sent is not found in the org, whatever ends the worker that rejected it', async () => {
  for (let effects = 1; ; effects++) {
    writeFiles(folder, { 'a.txt': 'first' })
    const world = newWorld(0)
    await stage(world)
    writeFiles(folder, { 'a.txt': 'other content' })
    const worker = new SimulatedWorker(effects)
    await load(world, worker).catch((error: unknown) => {
      if (!(error instanceof WorkerKilledError)) throw error
    })
    world.org.add({ Title: 'a', PathOnClient: 'a.txt', ContentSize: '5', Checksum: 'of another program' })
    await load(world)
    expect({ effects, files: filesOf(world) }).toMatchObject({ effects, files: [{ outcome: 'FILE_CHANGED' }, CREATED] })
    if (!worker.isKilled) break
  }
})

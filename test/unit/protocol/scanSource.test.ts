// The first reading of a source whose records are all looked at before the first of them is staged.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { cellText } from '../../../loader/csv/cells.ts'
import { PLAN_FILE, SCANNED_FILE, STAGED_FILE } from '../../../loader/protocol/layout.ts'
import { findParents } from '../../../loader/protocol/parents/findParents.ts'
import type { PlannedRun } from '../../../loader/protocol/runRecords.ts'
import { openScanned, readScanned } from '../../../loader/protocol/scan/scannedSource.ts'
import { scanSource } from '../../../loader/protocol/scan/scanSource.ts'
import { stageSource } from '../../../loader/protocol/stage/stageSource.ts'
import { readCsv } from '../../../loader/sources/csv.ts'
import type { SourceReader } from '../../../loader/sources/sourceReader.ts'
import { streamOf } from '../sources/tables.ts'
import { dependenciesOf, newWorld, RUN_ID, stepOf, type World } from './memoryLoad.ts'

const FILE = { uri: 'file:x.csv', shortRows: 'reject', blankValues: [], unchanged: 'load' }

function worldOf(more: object = {}): World {
  const world = newWorld([], {
    fields: { LastName: 'last', AccountId: { lookup: 'Account', by: 'Name', from: 'company' } },
  })
  const run = JSON.parse(world.files.get(PLAN_FILE) ?? '') as PlannedRun
  world.files.set(PLAN_FILE, JSON.stringify({ ...run, spec: { ...run.spec, source: { ...FILE, ...more } } }))
  return world
}

type Reading = {
  readonly csv: string
  readonly sync?: string
  readonly execution?: string
  readonly afterLastRow?: () => Promise<void>
}

function scan(world: World, { csv, sync, execution = 'first', afterLastRow = async () => undefined }: Reading) {
  const openSource: Parameters<typeof scanSource>[0]['openSource'] = async (_, { onBytes }) => {
    await onBytes(Buffer.from(csv))
    return { ...(await readCsv(streamOf(csv))), close: afterLastRow }
  }
  return scanSource({ ...dependenciesOf(world), openSource }, { runId: RUN_ID, sync, execution }, stepOf())
}

async function lastNames({ batches }: Pick<SourceReader, 'batches'>): Promise<readonly string[]> {
  const names: string[] = []
  for await (const batch of batches) {
    for (let at = 0; at < batch.records; at++) names.push(cellText(batch, batch.firstCells[at] as number))
  }
  return names
}

const copyOf = async (world: World) => {
  const store = dependenciesOf(world).runStore()
  return lastNames(await openScanned(store, await readScanned(store), () => undefined))
}

test('the copy of the first reading has its records, whatever the source has by then', async () => {
  const world = worldOf()
  await scan(world, { csv: 'last;company\nAster;Acme\n;\nBerg;Globex\n' })
  await scan(world, { csv: 'last;company\nChanged;Acme\n' })
  expect(await copyOf(world)).toEqual(['Aster', 'Berg'])
})

test('an execution that continues the run reads the source again', async () => {
  const world = worldOf()
  await scan(world, { csv: 'last,company\nAster,Acme\n' })
  await scan(world, { csv: 'last,company\nBerg,Acme\n', execution: 'second' })
  expect(await copyOf(world)).toEqual(['Berg'])
})

test('of two attempts that read different records, the copy is that of one', async () => {
  const world = worldOf()
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const later: Promise<unknown>[] = []
  const first = scan(world, {
    csv: 'last,company\nAster,Acme\n',
    afterLastRow: () =>
      new Promise<void>(read => {
        const afterLastRow = async () => {
          read()
          await released
        }
        later.push(scan(world, { csv: 'last,company\nBerg,Acme\n', afterLastRow }))
      }),
  })
  const [ended] = await Promise.allSettled([first])
  release()
  await Promise.all(later)
  expect(ended).toMatchObject({ status: 'rejected', reason: { name: 'StagingTakenError', kind: 'transient' } })
  expect(await copyOf(world)).toEqual(['Berg'])
})

test('a source without a column that finds parents is rejected, and is not known', async () => {
  const world = worldOf()
  await expect(scan(world, { csv: 'last,x\nAster,1\n' })).rejects.toMatchObject({
    name: 'RunRejectedError',
    message: expect.stringMatching(/fields\.AccountId: column "company" is not in the header/),
  })
  expect(world.files.has(SCANNED_FILE)).toBe(false)
})

test('a source that the sync has loaded last is not read for this run, and another one is by the next execution', async () => {
  const world = worldOf({ unchanged: 'skip' })
  const csv = 'last,company\nAster,Acme\n'
  const hash = createHash('sha256').update(csv).digest('hex')
  const last = { runId: 'before', uri: FILE.uri, hash, startedAt: 0, finishedAt: '2026-11-28T01:00:00' }
  world.files.set('last-source.json', JSON.stringify(last))
  expect(await scan(world, { csv, sync: 'nightly' })).toMatchObject({
    skipped: { reason: 'unchanged', message: expect.stringContaining('was not loaded again') },
  })
  expect(world.files.has(SCANNED_FILE)).toBe(false)
  await scan(world, { csv: 'last,company\nBerg,Acme\n', sync: 'nightly', execution: 'second' })
  expect(await copyOf(world)).toEqual(['Berg'])
})

test('a copy that is not the one that was read is not staged', async () => {
  const world = worldOf()
  await scan(world, { csv: 'last,company\nAster,\n' })
  const dependencies = dependenciesOf(world)
  await findParents(dependencies, { runId: RUN_ID }, stepOf())
  world.files.set('source', 'last,company\nBerg,\n')
  await expect(stageSource(dependencies, { runId: RUN_ID }, stepOf())).rejects.toMatchObject({
    name: 'SourceCopyChangedError',
    message:
      'The copy of the source memory:run/source is not the one that was read first; nothing was sent. Start a new run',
  })
  expect(world.files.has(STAGED_FILE)).toBe(false)
})

// Files are created once each, whatever ends a worker or a request.
import { describe, expect, test } from 'vitest'
import { ATTACHMENT } from '../../rig/describes.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { filesOf, fileWorld, rowsOf, writeFiles } from './fileWorld.ts'
import { asPlan, LOSSES, linesOf, load, plan, type World } from './memoryLoad.ts'
import { SimulatedWorker, WorkerKilledError } from './simulatedWorker.ts'

const folder = temporaryFolder()
writeFiles(folder, { 'a.txt': 'first', 'b.txt': 'second file', 'c.txt': 'third', 'twin/a.txt': 'first' })

const CREATED = { outcome: 'created', inOrg: 1, isRight: true, errormessage: '' }

async function loadKilled(newLoad: () => World, ...killedAfter: readonly number[]) {
  const world = newLoad()
  for (const effects of killedAfter) {
    await load(world, new SimulatedWorker(effects)).catch((error: unknown) => {
      if (!(error instanceof WorkerKilledError)) throw error
    })
  }
  await load(world)
  return filesOf(world)
}

async function effectsOf(newLoad: () => World): Promise<number> {
  const worker = new SimulatedWorker()
  await load(newLoad(), worker)
  return worker.effects
}

const three = () => fileWorld(folder, rowsOf(folder, 'a.txt', 'b.txt', 'c.txt'))

describe('each file is in the org exactly once', () => {
  test('after a load', async () => {
    const world = three()
    await load(world)
    expect(filesOf(world)).toEqual([CREATED, CREATED, CREATED])
    expect(world.org.records.map(({ Title, ContentSize }) => [Title, ContentSize])).toEqual([
      ['a', '5'],
      ['b', '11'],
      ['c', '5'],
    ])
  })

  test('when the worker is killed after any one effect', async () => {
    const effects = await effectsOf(three)
    expect(effects).toBeGreaterThan(10)
    for (let effect = 1; effect <= effects; effect++) {
      expect({ effect, files: await loadKilled(three, effect) }).toEqual({ effect, files: [CREATED, CREATED, CREATED] })
    }
  })

  test('when two workers are killed, each after any one effect', async () => {
    const one = () => fileWorld(folder, rowsOf(folder, 'a.txt'))
    const effects = await effectsOf(one)
    for (let first = 1; first <= effects; first++) {
      for (let second = 1; second <= effects; second++) {
        const files = await loadKilled(one, first, second)
        expect({ first, second, files }).toEqual({ first, second, files: [CREATED] })
      }
    }
  })

  test.each(LOSSES)('when an answer is %s', async loss => {
    const world = three()
    world.org.script.createBlob = ['succeed', loss]
    await load(world)
    expect(filesOf(world)).toEqual([CREATED, CREATED, CREATED])
  })

  test.each(LOSSES)('when the answers to two equal files are %s', async loss => {
    const world = fileWorld(folder, rowsOf(folder, 'a.txt', 'twin/a.txt', 'b.txt'))
    world.org.script.createBlob = [loss, loss]
    await load(world)
    const [one, other] = filesOf(world)
    expect([one, other]).toEqual([
      { ...CREATED, inOrg: 2 },
      { ...CREATED, inOrg: 2 },
    ])
    expect(new Set(world.org.records.map(({ Id }) => Id)).size).toBe(3)
  })

  test('when an upload is cut, which needs no search', async () => {
    const world = three()
    world.org.blobs.cuts = 2
    await load(world)
    expect(filesOf(world)).toEqual([CREATED, CREATED, CREATED])
  })

  test('when two runs lose the answers to equal files', async () => {
    const world = fileWorld(folder, rowsOf(folder, 'a.txt'))
    world.org.script.createBlob = ['lostAfter']
    await load(world)
    const other = { ...fileWorld(folder, rowsOf(folder, 'a.txt')), org: world.org, runs: world.runs, runId: 'other' }
    world.runs.set('other', other.files)
    world.org.script.createBlob = ['lostBefore']
    await load(other)
    expect(world.org.records).toHaveLength(2)
    expect(filesOf(other)).toEqual([{ ...CREATED, inOrg: 2 }])
  })
})

test('another file with the same name and size is not taken for one whose answer was lost', async () => {
  writeFiles(folder, { 'other/a.txt': 'fir5t' })
  const world = fileWorld(folder, rowsOf(folder, 'a.txt', 'other/a.txt'))
  world.org.script.createBlob = ['succeed', 'lostBefore']
  world.org.add({ PathOnClient: 'a.txt', Title: 'a', ContentSize: '5', Checksum: 'of another program' })
  await load(world)
  expect(filesOf(world).map(({ outcome }) => outcome)).toEqual(['created', 'created'])
  expect(world.org.records).toHaveLength(3)
})

test('a lost file is in doubt when the org has more equal files than were sent', async () => {
  const world = fileWorld(folder, rowsOf(folder, 'a.txt'))
  world.org.script.createBlob = ['lostAfter']
  const equal = { PathOnClient: 'a.txt', Title: 'a', ContentSize: '5', Checksum: '8b04d5e3775d298e78455efc5ca404d5' }
  world.org.onWrite = async () => void world.org.add(equal)
  await load(world)
  expect(filesOf(world)).toMatchObject([{ outcome: 'IN_DOUBT', inOrg: 2 }])
})

test('a file of another owner whose answer was lost is in doubt, because the org may hide it', async () => {
  const rows = rowsOf(folder, 'a.txt').map(row => ({ ...row, owner: '005000000000009AAA' }))
  const fields = { VersionData: { file: 'path' }, OwnerId: 'owner' }
  const world = fileWorld(folder, rows, { fields })
  world.org.script.createBlob = ['lostBefore']
  await load(world)
  expect(filesOf(world)).toMatchObject([{ outcome: 'IN_DOUBT', inOrg: 0 }])
})

test('an attachment is found by its size, where the org shows no checksum', async () => {
  const rows = rowsOf(folder, 'a.txt').map(row => ({ ...row, account: '001000000000001AAA' }))
  const world = fileWorld(folder, rows, { fields: { Body: { file: 'path' }, ParentId: 'account' } }, ATTACHMENT)
  world.org.script.createBlob = ['lostAfter']
  await load(world)
  expect(world.org.records).toMatchObject([{ Name: 'a.txt', ParentId: '001000000000001AAA' }])
  expect(linesOf(world, 'results.csv')).toMatchObject([{ status: 'true', id: world.org.records[0]?.['Id'] }])
})

test('a plan shows the name and the size of each file', async () => {
  const world = asPlan(three())
  await plan(world)
  const named = (line: Readonly<Record<string, string>>) =>
    ['VersionData', 'PathOnClient', 'Title'].map(name => line[`new.${name}`])
  expect(linesOf(world, 'plan.csv').map(named)).toEqual([
    ['a.txt (5 bytes)', 'a.txt', 'a'],
    ['b.txt (11 bytes)', 'b.txt', 'b'],
    ['c.txt (5 bytes)', 'c.txt', 'c'],
  ])
  expect(world.org.calls).toEqual([])
  await load(world)
  expect(filesOf(world)).toEqual([CREATED, CREATED, CREATED])
})

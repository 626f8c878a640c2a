// existing: keep for files: those that the org has by their title are not sent again.
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { filesOf, fileWorld, writeFiles } from './fileWorld.ts'
import { asPlan, linesOf, load, plan, type World } from './memoryLoad.ts'

const folder = temporaryFolder()
writeFiles(folder, { 'a.txt': 'first', 'b.txt': 'second file' })

function newRun(): World {
  const rows = ['a', 'b'].map(title => ({ title, path: `${folder}/${title}.txt` }))
  const fields = { Title: 'title', VersionData: { file: 'path' } }
  const world = fileWorld(folder, rows, { existing: 'keep', keyField: 'Title', fields })
  world.org.add({ Title: 'A', PathOnClient: 'a.txt', ContentSize: '9' }, 'someone else', 3_600_000)
  return world
}

test('only the files are sent that the org does not have', async () => {
  const world = newRun()
  expect((await load(world)).tally).toMatchObject({ created: 1, unchanged: 1, failed: 0 })
  expect(filesOf(world)).toMatchObject([
    { inOrg: 1, isRight: true },
    { inOrg: 1, isRight: true },
  ])
  expect(world.org.records.map(({ Title, ContentSize }) => [Title, ContentSize])).toEqual([
    ['A', '9'],
    ['b', '11'],
  ])
})

test('a plan shows them', async () => {
  const world = asPlan(newRun())
  expect((await plan(world)).verdicts).toMatchObject({ create: 1, unchanged: 1 })
  expect(linesOf(world, 'plan.csv').map(line => [line['verdict'], line['new.Title']])).toEqual([
    ['unchanged', ''],
    ['create', 'b'],
  ])
  expect((await load(world)).tally).toMatchObject({ created: 1, unchanged: 1 })
})

// Records that a duplicate rule rejects: their results name the duplicates.
import { expect, test } from 'vitest'
import { chunkFiles, PLAN_FILE } from '../../../loader/protocol/layout.ts'
import { TemporarilyRejectedError } from '../../../loader/salesforce/errors.ts'
import type { SaveResult, WireRecord } from '../../../loader/salesforce/salesforceConnection.ts'
import type { SpecParts } from '../../rig/describes.ts'
import { linesOf, load, newWorld, type Records, type World } from './memoryLoad.ts'

const IDS = Array.from({ length: 7 }, (_, index) => `003${String(index).padStart(12, '9')}AAA`)
const REJECTED: SaveResult = {
  success: false,
  errors: [{ statusCode: 'DUPLICATES_DETECTED', message: 'Use one of these records?' }],
}

type Asked = (record: WireRecord) => Promise<readonly string[]>

/** An org whose duplicate rule rejects every record, and what it is asked. */
function duplicateWorld(
  records: Records,
  parts: Partial<SpecParts>,
  idsOf: Asked,
  allowSave = true,
): { readonly world: World; readonly asked: WireRecord[] } {
  const world = newWorld(records, parts)
  const asked: WireRecord[] = []
  const connection = world.org.connection.bind(world.org)
  world.org.connection = worker => ({
    ...connection(worker),
    createRecords: async (_, { length }) => Array<SaveResult>(length).fill(REJECTED),
    updateRecords: async (_, { length }) => Array<SaveResult>(length).fill(REJECTED),
    upsertRecords: async (_, _key, { length }) => Array<SaveResult>(length).fill(REJECTED),
    findDuplicates: async (object, record) => {
      asked.push(record)
      const ids = await idsOf(record)
      return { allowSave, rules: ['Same_Email'], records: ids.map(id => ({ object, id })) }
    },
  })
  return { world, asked }
}

const messages = (world: World) => linesOf(world, 'results.csv').map(({ errormessage }) => errormessage)
const named = (...ids: readonly (string | undefined)[]) => ids.map(id => `Contact ${id}`).join(', ')

const ALLOWS = 'to save it in any case, set duplicateRules: allowSave'
const MAY_ALLOW = 'if its duplicate rule lets duplicates be saved, duplicateRules: allowSave does it'

test('five of many duplicates are named', async () => {
  const { world } = duplicateWorld([{ last: 'Ada' }], {}, async () => IDS)
  await load(world)
  expect(messages(world)).toEqual([
    `Use one of these records?; duplicate rule Same_Email matches ${named(...IDS.slice(0, 5))} and 2 more; ${ALLOWS}`,
  ])
})

test('the duplicates of twenty records of a chunk are looked up, those of the others are not', async () => {
  const people = Array.from({ length: 22 }, (_, index) => ({ last: `P${index}` }))
  const { world, asked } = duplicateWorld(people, {}, async () => IDS.slice(0, 1))
  await load(world)
  expect(asked.map(({ LastName }) => LastName)).toEqual(people.slice(0, 20).map(({ last }) => last))
  expect(messages(world).slice(20)).toEqual(Array(2).fill(`Use one of these records?; ${MAY_ALLOW}`))
})

test('a record whose duplicates are gone does not stop the lookup of the next one', async () => {
  const idsOf = async ({ LastName: name }: WireRecord) => (name === 'Ada' ? [] : IDS.slice(0, 1))
  const { world } = duplicateWorld([{ last: 'Ada' }, { last: 'Ben' }], {}, idsOf)
  await load(world)
  expect(messages(world)).toEqual([
    `Use one of these records?; ${MAY_ALLOW}`,
    `Use one of these records?; duplicate rule Same_Email matches ${named(IDS[0])}; ${ALLOWS}`,
  ])
})

test('an org that does not say which they are is asked once, and the record is rejected in any case', async () => {
  const facts = { action: 'Check', method: 'POST', path: '/', statusCode: 503, errorCode: 'SERVER_UNAVAILABLE' }
  const busy = async () => {
    throw new TemporarilyRejectedError({ ...facts, detail: 'busy', fields: [] })
  }
  const { world, asked } = duplicateWorld([{ last: 'Ada' }, { last: 'Ben' }], {}, busy)
  await load(world)
  expect(asked).toHaveLength(1)
  expect(messages(world)).toEqual(Array(2).fill(`Use one of these records?; ${MAY_ALLOW}`))
})

test('a record that is updated is no duplicate of itself', async () => {
  const [own = '', other = ''] = IDS
  const { world, asked } = duplicateWorld(
    [{ last: 'Ada', id: own }],
    { operation: 'update', fields: { LastName: 'last', Id: 'id' } },
    async () => [own, other],
  )
  await load(world)
  expect(asked).toEqual([{ LastName: 'Ada' }])
  expect(messages(world)).toEqual([
    `Use one of these records?; duplicate rule Same_Email matches ${named(other)}; ${ALLOWS}`,
  ])
})

test('a record that an upsert finds by its key is no duplicate of itself', async () => {
  let own = ''
  const [other = ''] = IDS
  const { world } = duplicateWorld(
    [{ last: 'Ada', ext: 'K1' }],
    { operation: 'upsert', externalIdField: 'Ext_Id__c', fields: { LastName: 'last', Ext_Id__c: 'ext' } },
    async () => [own, other],
  )
  own = world.org.add({ LastName: 'Ada', Ext_Id__c: 'K1' })
  await load(world)
  expect(messages(world)).toEqual([
    `Use one of these records?; duplicate rule Same_Email matches ${named(other)}; ${ALLOWS}`,
  ])
})

test('a rule that lets no duplicate be saved is named as such, also when the sync would save them', async () => {
  const { world } = duplicateWorld([{ last: 'Ada' }], { duplicateRules: 'allowSave' }, async () => [], false)
  await load(world)
  expect(messages(world)).toEqual([
    'Use one of these records?; the rule lets no duplicate be saved: update the record that exists, or change the rule',
  ])
})

test('the duplicates that a job leaves in an undo are sent by requests, which may save them', async () => {
  const world = newWorld([{ last: 'Invalid' }], { engine: 'bulk' })
  const run = JSON.parse(world.files.get(PLAN_FILE) ?? '')
  world.files.set(PLAN_FILE, JSON.stringify({ ...run, plan: { ...run.plan, savesDuplicates: true } }))
  world.org.changeResults = (kind, csv) =>
    kind === 'failed' ? csv.replaceAll('REQUIRED_FIELD_MISSING', 'DUPLICATES_DETECTED') : csv
  await load(world)
  expect(JSON.parse(world.files.get(chunkFiles(1, 1).settled) ?? '')).toMatchObject({ resend: 1, needsRequests: true })
  expect(world.org.count('createRecords')).toBe(1)
})

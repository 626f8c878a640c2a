// A create whose answer was lost: the content of the org decides whether a record is found, absent or in doubt.
import { describe, expect, test } from 'vitest'
import { sendChunk } from '../../../loader/protocol/collections/sendChunk.ts'
import { CONTACT } from '../../rig/describes.ts'
import {
  dependenciesOf,
  LOSSES,
  linesOf,
  load,
  newWorld,
  outcomeOf,
  people,
  type Records,
  RUN_ID,
  stage,
  stepOf,
  type World,
} from './memoryLoad.ts'
import { type Answer, USER_ID } from './scriptedOrg.ts'

const WRITTEN = { inOrg: 1, outcome: 'created: true', isRight: true }

const PLACE = { runId: RUN_ID, chunk: 1, operation: 'create', attempt: 1 } as const

const equals = (count: number): Records => Array(count).fill({ last: 'Equal', title: 'Same' })

const idsIn = (world: World) => new Set(linesOf(world, 'results.csv').map(({ id }) => id))

describe('without a unique external ID', () => {
  const fields = { LastName: 'last', FirstName: 'title' }

  test.each([
    ['lostAfter', 1],
    ['lostBefore', 2],
  ] as const)('records are found, or sent again when they are absent: %s', async (loss, requests) => {
    const world = newWorld(people('Ada', 'Ben'), { fields })
    world.org.script.createRecords = [loss]
    await load(world)
    expect(outcomeOf(world)).toEqual(['Ada', 'Ben'].map(last => ({ last, ...WRITTEN })))
    expect(world.org.count('createRecords')).toBe(requests)
  })

  test.each(LOSSES)('records that are created with audit fields of their own are found: %s', async loss => {
    const records = people('Ada', 'Ben').map(row => ({
      ...row,
      at: '2019-05-01T10:00:00.000Z',
      by: '005000000000002AAA',
    }))
    const audited = { ...fields, CreatedDate: 'at', CreatedById: 'by' }
    const [text] = CONTACT.fields
    if (text === undefined) throw new Error('no field')
    const writable = CONTACT.fields.map(one => ({ ...one, createable: true }))
    const world = newWorld(
      records,
      { fields: audited },
      { ...CONTACT, fields: [...writable, { ...text, name: 'CreatedById', createable: true }] },
    )
    world.org.script.createRecords = [loss]
    expect(await load(world)).toMatchObject({ tally: { created: 2, inDoubt: 0 } })
    expect(world.org.records).toHaveLength(2)
  })

  test('a part that the org rejected is sent again, to learn why', async () => {
    const world = newWorld(people('Ada', 'Invalid'), { fields })
    world.org.script.createRecords = ['lostAfter']
    await load(world)
    expect(outcomeOf(world)).toEqual([
      { last: 'Ada', ...WRITTEN },
      { last: 'Invalid', inOrg: 0, outcome: 'REQUIRED_FIELD_MISSING', isRight: true },
    ])
    expect(world.org.count('createRecords')).toBe(2)
  })

  test.each(LOSSES)('equal records of one request get one Id each: %s', async loss => {
    const world = newWorld(Array(3).fill({ last: 'Equal', title: 'Same' }), { fields })
    world.org.script.createRecords = [loss]
    await load(world)
    expect(new Set(linesOf(world, 'results.csv').map(({ id }) => id)).size).toBe(3)
    expect(world.org.records).toHaveLength(3)
  })

  test.each([
    ['lostAfter', 2],
    ['lostBefore', 3],
  ] as const)(
    'an equal record in another request that was not sent yet decides nothing: %s',
    async (loss, requests) => {
      const world = newWorld(equals(2), { fields, chunk: { collectionsRecords: 1 } })
      world.org.script.createRecords = [loss]
      expect(await load(world)).toMatchObject({ tally: { created: 2, inDoubt: 0 } })
      expect(idsIn(world).size).toBe(2)
      expect(world.org.records).toHaveLength(2)
      expect(world.org.count('createRecords')).toBe(requests)
    },
  )

  test('equal records in requests that were answered account for their records', async () => {
    for (const loss of LOSSES) {
      const world = newWorld(equals(3), { fields, chunk: { collectionsRecords: 1 } })
      world.org.script.createRecords = ['succeed', 'succeed', loss]
      expect(await load(world)).toMatchObject({ tally: { created: 3, inDoubt: 0 } })
      expect(idsIn(world).size).toBe(3)
      expect(world.org.records).toHaveLength(3)
    }
  })

  test('equal records of several lost requests are counted, whichever of them the org has', async () => {
    for (const losses of [1, 2, 3].flatMap(first => [1, 2, 3].map(second => [first, second]))) {
      const world = newWorld(equals(3), { fields, chunk: { collectionsRecords: 1 } })
      const answers: readonly Answer[] = ['succeed', ...LOSSES]
      world.org.script.createRecords = losses.map(loss => answers[loss - 1] ?? 'succeed')
      await stage(world)
      const send = (chunk: number) =>
        sendChunk(dependenciesOf(world), { ...PLACE, chunk }, stepOf()).catch(() => undefined)
      // Both requests are lost before either of them is searched for.
      await send(1)
      await send(2)
      expect({ losses, ...(await load(world)) }).toMatchObject({ losses, tally: { created: 3, inDoubt: 0 } })
      expect({ losses, ids: idsIn(world).size, records: world.org.records.length }).toEqual({
        losses,
        ids: 3,
        records: 3,
      })
    }
  })

  test('a record of a later lost request is not taken for one with fewer values', async () => {
    const records = [
      { last: 'Ada', title: '' },
      { last: 'Ada', title: 'Dr' },
    ]
    const world = newWorld(records, { fields, chunk: { collectionsRecords: 1 } })
    world.org.script.createRecords = ['lostBefore', 'lostAfter']
    await stage(world)
    for (const chunk of [1, 2]) {
      await sendChunk(dependenciesOf(world), { ...PLACE, chunk }, stepOf()).catch(() => undefined)
    }
    expect(await load(world)).toMatchObject({ tally: { created: 1, inDoubt: 1 } })
    expect(linesOf(world, 'results.csv').map(({ id }) => id)).toEqual(['', world.org.records[0]?.['Id']])
    expect(world.org.records).toHaveLength(1)
  })

  test('more equal records than were sent leave it open which of them are ours, so the record is in doubt', async () => {
    const world = newWorld(people('Ada'), { fields })
    world.org.script.createRecords = ['lostAfter']
    world.org.onWrite = async () => void world.org.add({ LastName: 'Ada', FirstName: 'Title 0' })
    expect(await load(world)).toMatchObject({ tally: { created: 0, inDoubt: 1 } })
    expect(world.org.count('createRecords')).toBe(1)
    expect(linesOf(world, 'in_doubt.csv')).toMatchObject([
      { errormessage: expect.stringMatching(/answer .* lost.*check the org before you load it again/) },
    ])
    expect(linesOf(world, 'rejected.csv')).toEqual([])
  })

  test('values that all records share do not make a record of another program resemble them', async () => {
    const records = people('Ada', 'Ben', 'Cleo').map(one => ({ ...one, source: 'Fair', mail: 'fair@bonn.example' }))
    const columns = { ...fields, Phone: 'source', Email: 'mail' }
    const world = newWorld(records, { fields: columns })
    world.org.script.createRecords = ['lostBefore']
    await stage(world)
    await sendChunk(dependenciesOf(world), PLACE, stepOf()).catch(() => undefined)
    world.org.add({ LastName: 'Zoe', FirstName: 'Other', Phone: 'Fair', Email: 'fair@bonn.example' })
    expect(await load(world)).toMatchObject({ tally: { created: 3, inDoubt: 0 } })
  })

  test.each([
    ['by the integration user, an hour ago', USER_ID, 3_600_000],
    ['by someone else, just now', '005000000000002AAA', 0],
  ])('an equal record created %s is not matched', async (_, user, age) => {
    const world = newWorld(people('Ada'), { fields })
    const other = world.org.add({ LastName: 'Ada', FirstName: 'Title 0' }, user, age)
    world.org.script.createRecords = ['lostBefore']
    await load(world)
    expect(world.org.records).toHaveLength(2)
    expect(linesOf(world, 'results.csv')[0]?.['id']).not.toBe(other)
  })

  test('a record that the org rewrote is in doubt: it may be the created one', async () => {
    const world = newWorld(people('Ada'), { fields })
    world.org.script.createRecords = ['lostAfter']
    await stage(world)
    await expect(sendChunk(dependenciesOf(world), PLACE, stepOf())).rejects.toMatchObject({
      name: 'OutcomeUnknownError',
    })
    Object.assign(world.org.records[0] ?? {}, { FirstName: 'Rewritten by a flow' })
    expect(await load(world)).toMatchObject({ tally: { inDoubt: 1 } })
    expect(world.org.count('createRecords')).toBe(1)
  })

  test('while the org may still process the request, the step waits', async () => {
    const world = newWorld(people('Ada'), { fields, resend: { lostAnswerWait: 60_000 } })
    world.org.script.createRecords = ['lostBefore']
    await stage(world)
    const send = () => sendChunk(dependenciesOf(world), PLACE, stepOf())
    await expect(send()).rejects.toMatchObject({ name: 'OutcomeUnknownError' })
    await expect(send()).rejects.toMatchObject({ kind: 'waiting', retryAfter: 15_000 })
    world.org.add({ LastName: 'Ada', FirstName: 'Title 0' })
    expect(await send()).toMatchObject({ tally: { created: 1 } })
    expect(world.org.count('createRecords')).toBe(1)
  })
})

describe('with a unique external ID', () => {
  const fields = { LastName: 'last', FirstName: 'title', Ext_Id__c: 'ext' }

  test.each([
    ['lostAfter', 1],
    ['lostBefore', 2],
  ] as const)('records are found by it, and a record with a blank one by its values: %s', async (loss, requests) => {
    const world = newWorld(people('Ada', 'Unkeyed', 'Cleo'), { fields })
    world.org.script.createRecords = [loss]
    await load(world)
    expect(outcomeOf(world)).toEqual(['Ada', 'Unkeyed', 'Cleo'].map(last => ({ last, ...WRITTEN })))
    expect(world.org.count('createRecords')).toBe(requests)
  })

  test.each(LOSSES)('a record that had the key before means a rejected create: %s', async loss => {
    const world = newWorld(people('Ada'), { fields })
    world.org.add({ LastName: 'Before', Ext_Id__c: 'K0' }, USER_ID, 3_600_000)
    world.org.script.createRecords = [loss]
    await load(world)
    expect(outcomeOf(world)).toEqual([{ last: 'Ada', inOrg: 0, outcome: 'DUPLICATE_VALUE', isRight: true }])
  })
})

test('an upsert whose answer was lost does not report records as created that existed before it', async () => {
  const fields = { LastName: 'last', Ext_Id__c: 'ext' }
  const world = newWorld(people('Ada', 'Ben'), { operation: 'upsert', externalIdField: 'Ext_Id__c', fields })
  world.org.add({ LastName: 'Ada', Ext_Id__c: 'K0' }, USER_ID, 4_000)
  world.org.script.upsertRecords = ['lostAfter']
  expect(await load(world)).toMatchObject({ tally: { created: 1, updated: 1 } })
})

test('an upsert whose answer was lost reports a record as created that its repetition finds locked', async () => {
  const fields = { LastName: 'last', Ext_Id__c: 'ext' }
  const world = newWorld(people('Ada', 'Locked'), { operation: 'upsert', externalIdField: 'Ext_Id__c', fields })
  world.org.script.upsertRecords = ['lostAfter']
  let writes = 0
  world.org.onWrite = async () => {
    writes += 1
    if (writes === 2) world.org.locks = 1
  }
  expect(await load(world)).toMatchObject({ tally: { created: 2, updated: 0 } })
  expect(writes).toBe(3)
})

test('an upsert that finds a record locked does not report it as created, because its user created it before', async () => {
  const fields = { LastName: 'last', Ext_Id__c: 'ext' }
  const world = newWorld(people('Ada', 'Locked'), { operation: 'upsert', externalIdField: 'Ext_Id__c', fields })
  world.org.add({ LastName: 'Locked', Ext_Id__c: 'K1' }, USER_ID)
  world.org.locks = 1
  expect(await load(world)).toMatchObject({ tally: { created: 1, updated: 1 } })
})

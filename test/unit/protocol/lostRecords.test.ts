// A create whose answer was lost: the content of the org decides whether a record is found, absent or in doubt.
import { describe, expect, test } from 'vitest'
import { sendChunk } from '../../../loader/protocol/collections/sendChunk.ts'
import {
  dependenciesOf,
  linesOf,
  load,
  newWorld,
  outcomeOf,
  type Records,
  RUN_ID,
  stage,
  stepOf,
} from './memoryLoad.ts'
import { type Answer, USER_ID } from './scriptedOrg.ts'

const people = (...names: readonly string[]): Records =>
  names.map((last, index) => ({ last, title: `Title ${index}`, ext: last === 'Unkeyed' ? '' : `K${index}` }))

const LOSSES = ['lostBefore', 'lostAfter'] as const satisfies readonly Answer[]

const WRITTEN = { inOrg: 1, outcome: 'created: true', isRight: true }

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

  test.each(LOSSES)('a record that has an equal in another request is in doubt and not sent again: %s', async loss => {
    const world = newWorld(Array(2).fill({ last: 'Equal', title: 'Same' }), {
      fields,
      chunk: { collectionsRecords: 1 },
    })
    world.org.script.createRecords = [loss]
    const { tally } = await load(world)
    expect(tally).toMatchObject({ created: 1, inDoubt: 1 })
    expect(world.org.count('createRecords')).toBe(2)
    expect(linesOf(world, 'in_doubt.csv')).toMatchObject([
      { errormessage: expect.stringMatching(/answer .* lost.*check the org before you load it again/) },
    ])
    expect(linesOf(world, 'rejected.csv')).toEqual([])
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
    const place = { runId: RUN_ID, chunk: 1, operation: 'create', attempt: 1 } as const
    await expect(sendChunk(dependenciesOf(world), place, stepOf())).rejects.toMatchObject({
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
    const place = { runId: RUN_ID, chunk: 1, operation: 'create', attempt: 1 } as const
    const send = () => sendChunk(dependenciesOf(world), place, stepOf())
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

// A retry: the failed records of an ended run are loaded again, and those in doubt are searched for first.
import { describe, expect, test } from 'vitest'
import type { SpecParts } from '../../rig/describes.ts'
import { linesOf, load, newWorld, outcomeOf, passTime, people, type World } from './memoryLoad.ts'
import { accepts, retryOf } from './retrying.ts'
import { undoing } from './undoing.ts'

const fields = { LastName: 'last', FirstName: 'title' }

describe('the failed records', () => {
  test.each(['collections', 'bulk'] as const)('are loaded alone, in the order of the source: %s', async engine => {
    const world = newWorld(people('Ada', 'Locked1', 'Ben', 'Locked2'), { fields, engine, resend: { maxAttempts: 1 } })
    world.org.locks = 2
    expect(await load(world)).toMatchObject({ records: 4, tally: { created: 2, failed: 2 } })
    const again = retryOf(world)
    const report = await load(again)
    expect(report).toMatchObject({ records: 2, outcome: 'completed', retryOf: 'run', tally: { created: 2, failed: 0 } })
    expect(linesOf(again, 'results.csv').map(({ last }) => last)).toEqual(['Locked1', 'Locked2'])
    expect(world.org.records.map(one => one['LastName'])).toEqual(['Ada', 'Ben', 'Locked1', 'Locked2'])
  })

  test('keep all of their columns, so that a retry can be retried', async () => {
    const rows = people('Invalid', 'Ada', 'Invalid2').map(row => ({ ...row, note: 'a "b", \\c\nd' }))
    const world = newWorld(rows, { fields })
    await load(world)
    const again = retryOf(world)
    await load(again)
    expect(again.files.get('rejected.csv')).toBe(world.files.get('rejected.csv'))
    accepts(world)
    const third = retryOf(again, 'third')
    expect(await load(third)).toMatchObject({ outcome: 'completed', retryOf: 'again', tally: { created: 2 } })
    expect(third.files.get('source')).toBe(
      'last,title,ext,note\nInvalid,Title 0,K0,"a ""b"", \\c\nd"\nInvalid2,Title 2,K2,"a ""b"", \\c\nd"\n',
    )
  })

  test('that someone has created meanwhile are found, in a run that leaves existing records', async () => {
    const keep = {
      existing: 'keep',
      keyField: 'Loose_Id__c',
      fields: { LastName: 'last', Loose_Id__c: 'ext' },
    } as const
    const world = newWorld(people('Ada', 'Locked1', 'Locked2'), { ...keep, resend: { maxAttempts: 1 } })
    world.org.locks = 2
    expect(await load(world)).toMatchObject({ tally: { created: 1, failed: 2 } })
    const id = world.org.add({ LastName: 'Other', Loose_Id__c: 'K1' }, 'someone else')
    const again = retryOf(world)
    expect(await load(again)).toMatchObject({ records: 2, tally: { created: 1, unchanged: 1, failed: 0 } })
    expect(linesOf(again, 'results.csv')[0]).toMatchObject({ last: 'Locked1', id })
    expect(world.org.records.map(one => one['LastName'])).toEqual(['Ada', 'Other', 'Locked2'])
  })

  test('with a key that an earlier row has stay rejected: that row was loaded', async () => {
    const parts: Partial<SpecParts> = {
      operation: 'upsert',
      externalIdField: 'Ext_Id__c',
      fields: { ...fields, Ext_Id__c: 'ext' },
    }
    const world = newWorld([...people('Ada'), { last: 'Ben', title: 'x', ext: 'K0' }], parts)
    await load(world)
    const again = retryOf(world)
    expect(await load(again)).toMatchObject({ records: 1, tally: { created: 0, updated: 0, failed: 1 } })
    expect(outcomeOf(again)).toMatchObject([{ last: 'Ben', outcome: 'KEY_REPEATED' }])
    expect(linesOf(again, 'results.csv')[0]?.errormessage).toContain('row 1')
    expect(world.org.records.map(one => one['LastName'])).toEqual(['Ada'])
  })

  test.each(['collections', 'bulk'] as const)(
    'of a mirror are those of its source, and none is missing: %s',
    async engine => {
      const parts: Partial<SpecParts> = {
        ...{ operation: 'upsert', externalIdField: 'Ext_Id__c', fields: { ...fields, Ext_Id__c: 'ext' }, engine },
        ...{ missing: 'delete', scope: "LeadSource = 'Web'", maxDeleted: 9, resend: { maxAttempts: 1 } },
      }
      const world = newWorld(people('Ada', 'Invalid'), parts)
      for (const LastName of ['Gone', 'Locked']) world.org.add({ LastName, LeadSource: 'Web' })
      world.org.locks = 1
      expect(await load(world)).toMatchObject({ records: 4, tally: { created: 1, deleted: 1, failed: 2 } })
      const again = retryOf(world)
      expect(await load(again)).toMatchObject({ records: 1, tally: { created: 0, deleted: 0, failed: 1 } })
      expect(world.org.records.map(one => one['LastName'])).toEqual(['Locked', 'Ada'])
    },
  )

  test('in doubt that may be sent twice are sent again without a search', async () => {
    const parts: Partial<SpecParts> = {
      operation: 'upsert',
      externalIdField: 'Ext_Id__c',
      fields: { ...fields, Ext_Id__c: 'ext' },
      engine: 'bulk',
    }
    const world = newWorld(people('Ada', 'Ben'), parts)
    cutResults(world)
    expect(await load(world)).toMatchObject({ tally: { created: 1, inDoubt: 1 } })
    world.org.changeResults = (_, csv) => csv
    expect(await load(retryOf(world))).toMatchObject({ records: 1, tally: { updated: 1, inDoubt: 0 } })
    expect(world.org.records).toHaveLength(2)
  })
})

/** The results of each job lack their last record. */
function cutResults({ org }: World): void {
  org.changeResults = (kind, csv) => (kind === 'successful' ? csv.trimEnd().split('\n').slice(0, -1).join('\n') : csv)
}

describe('creates in doubt', () => {
  /** A run whose create was written, and whose answer was lost while another program created an equal record. */
  async function doubtful(): Promise<World> {
    const world = newWorld([{ last: 'Equal', title: 'Same' }], { fields })
    world.org.script.createRecords = ['lostAfter']
    world.org.onWrite = async () => void world.org.add({ LastName: 'Equal', FirstName: 'Same' })
    expect(await load(world)).toMatchObject({ tally: { created: 0, inDoubt: 1 } })
    world.org.onWrite = async () => undefined
    world.org.calls.length = 0
    return world
  }

  test('are found when the org shows them now, and not sent', async () => {
    const world = await doubtful()
    world.org.records.pop()
    const again = retryOf(world)
    expect(await load(again)).toMatchObject({ records: 1, outcome: 'completed', tally: { created: 1, inDoubt: 0 } })
    expect(outcomeOf(again)).toEqual([{ last: 'Equal', inOrg: 1, outcome: 'created: true', isRight: true }])
    expect(world.org.count('createRecords')).toBe(0)
  })

  test('that are found are left by an undo of the retry, which has not sent them: someone may have changed them', async () => {
    const world = await doubtful()
    world.org.records.pop()
    const again = retryOf(world)
    await load(again)
    const [record] = world.org.records
    if (record !== undefined) record['FirstName'] = 'Theirs'
    const undo = await undoing(again)
    expect(await load(undo)).toMatchObject({ records: 1, tally: { deleted: 0, failed: 1 } })
    expect(linesOf(undo, 'results.csv')[0]).toMatchObject({ errorcode: 'UNDO_CONFLICT' })
    expect(world.org.records).toHaveLength(1)
  })

  test('are sent when they are provably absent', async () => {
    const world = await doubtful()
    world.org.records.length = 0
    const again = retryOf(world)
    expect(await load(again)).toMatchObject({ tally: { created: 1, inDoubt: 0 } })
    expect(world.org.count('createRecords')).toBe(1)
  })

  test('stay in doubt after a day: someone may have deleted the record', async () => {
    const world = await doubtful()
    world.org.records.length = 0
    passTime(24 * 3_600_000)
    const again = retryOf(world)
    expect(await load(again)).toMatchObject({ outcome: 'completed_with_rejected', tally: { created: 0, inDoubt: 1 } })
    expect(world.org.count('createRecords')).toBe(0)
    expect(again.files.get('in_doubt.csv')).toContain('Run run may have created this record')
  })

  test('stay in doubt while the org has several such records, in each later retry too', async () => {
    const world = await doubtful()
    const again = retryOf(world)
    expect(await load(again)).toMatchObject({ tally: { created: 0, inDoubt: 1 } })
    expect(await load(retryOf(again, 'third'))).toMatchObject({ tally: { created: 0, inDoubt: 1 } })
    expect(world.org.count('createRecords')).toBe(0)
  })

  test('of a job whose results were cut are found', async () => {
    const world = newWorld(people('Ada', 'Ben'), { fields, engine: 'bulk' })
    cutResults(world)
    expect(await load(world)).toMatchObject({ tally: { created: 1, inDoubt: 1 } })
    world.org.changeResults = (_, csv) => csv
    const again = retryOf(world)
    expect(await load(again)).toMatchObject({ records: 1, tally: { created: 1, inDoubt: 0 } })
    expect(outcomeOf(again)).toEqual([{ last: 'Ada', inOrg: 1, outcome: 'created: true', isRight: true }])
    expect(world.org.jobs).toHaveLength(1)
  })
})

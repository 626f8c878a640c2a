// What the automation of an org does with records: governor limits of its triggers, duplicate rules and assignment rules.
import { describe, expect, test } from 'vitest'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import { contactsFrom, fileRig, people, QUICK, type RigOrg } from '../../rig/loadRig.ts'

const rig = await fileRig()

const ALL = { created: 0, updated: 0, deleted: 0, unchanged: 0, failed: 0, inDoubt: 0 }
const RESULTS = { identityFields: ['last'], resultColumns: ['id', 'errorcode'] }

describe.concurrent.each(ENGINES)('triggers that exceed the CPU time with more than 60 records, through %s', engine => {
  test('get fewer at a time, and every record is created once', async () => {
    const org = await rig.openOrg({ seedRecords: false })
    org.emulator.faults.add({ match: { object: 'Contact' }, fault: { type: 'apexCpu', msPerRecord: 160 } })
    const spec = contactsFrom(await rig.source(people(300)), org, { ...QUICK, ...RESULTS, engine })
    const { tally, runId } = await rig.load(spec)
    expect(tally).toEqual({ ...ALL, created: 300 })
    const results = await rig.rows(runId, 'results.csv')
    const records = await org.records('Contact', 'Id', 'LastName')
    const byId = new Map(records.map(({ Id, LastName }) => [Id, LastName]))
    expect(records).toHaveLength(300)
    expect(results.map(({ id, last }) => [last, byId.get(id)])).toEqual(results.map(({ last }) => [last, last]))
    expect(org.emulator.stats().calls).toMatchObject(
      engine === 'bulk' ? { ingestClose: 1 } : { collectionCreate: expect.any(Number) },
    )
  })
})

describe.concurrent('duplicate rules', () => {
  const EMAIL = { object: 'Contact', fields: ['Email'], action: 'alert', name: 'Same_Email' } as const
  const SOURCE = 'last,mail\nAda,ada@example.com\nBen,ben@example.com\n'

  async function orgWith(action: 'alert' | 'block') {
    const org = await rig.openOrg({ seedRecords: false })
    const [id = ''] = await org.create('Contact', [{ LastName: 'First', Email: 'ada@example.com' }])
    org.emulator.org.duplicateRules.add({ ...EMAIL, action })
    return { org, id }
  }

  const specFor = async (org: RigOrg, given: object) =>
    contactsFrom(await rig.source(SOURCE), org, {
      ...{ ...QUICK, ...RESULTS, fields: { LastName: 'last', Email: 'mail' } },
      ...given,
    })

  const ALLOWS = 'to save it in any case, set duplicateRules: allowSave'
  const BLOCKS = 'the rule lets no duplicate be saved: update the record that exists, or change the rule'

  test.each([
    ['alert', 'collections', ALLOWS],
    ['block', 'collections', BLOCKS],
    ['alert', 'bulk', ALLOWS],
  ] as const)('reject a duplicate of the action %s, which is named, through %s', async (action, engine, advice) => {
    const { org, id } = await orgWith(action)
    const { tally, runId } = await rig.load(await specFor(org, { engine }))
    expect(tally).toEqual({ ...ALL, created: 1, failed: 1 })
    expect(await rig.rows(runId, 'results.csv')).toMatchObject([
      {
        errorcode: 'DUPLICATES_DETECTED',
        errormessage: `Use one of these records?; duplicate rule Same_Email matches Contact ${id}; ${advice}`,
      },
      { errorcode: '' },
    ])
  })

  test('let a duplicate be saved that the sync allows', async () => {
    const { org } = await orgWith('alert')
    const { tally, engine } = await rig.load(await specFor(org, { duplicateRules: 'allowSave' }))
    expect([tally, engine]).toEqual([{ ...ALL, created: 2 }, 'collections'])
    expect(await org.records('Contact', 'Id')).toHaveLength(3)
  })

  test('of a large source are allowed too, because its records then go through requests', async () => {
    const { org } = await orgWith('alert')
    const spec = contactsFrom(await rig.source(people(2_001)), org, { ...QUICK, duplicateRules: 'allowSave' })
    const { tally, engine } = await rig.load(spec)
    expect([tally, engine]).toEqual([{ ...ALL, created: 2_001 }, 'collections'])
    expect(org.emulator.stats().jobs).toEqual({})
  })

  test.each(ENGINES)('do not stop an undo, through %s', async engine => {
    const { org, id } = await orgWith('block')
    org.emulator.org.duplicateRules.clear()
    const [other = ''] = await org.create('Contact', [{ LastName: 'Second', Email: 'ada@example.com' }])
    const source = await rig.source(`id,mail\n${other},new@example.com\n`)
    const fields = { Id: 'id', Email: 'mail' }
    const spec = { ...contactsFrom(source, org, QUICK), operation: 'update', fields, engine, undo: true }
    const { runId } = await rig.load(spec)
    org.emulator.org.duplicateRules.add(EMAIL)
    const undone = await rig.execute<{ readonly tally: object }>('syncRecords', { undoOf: runId })
    expect(undone.tally).toEqual({ ...ALL, updated: 1 })
    const mails = await org.records('Contact', 'Id', 'Email')
    expect(mails).toEqual([id, other].map(Id => ({ Id, Email: 'ada@example.com' })))
  })
})

describe.concurrent.each(ENGINES)('assignment rules, through %s', engine => {
  const RULES = [
    { object: 'Lead', name: 'Standard', owner: 'Web_Leads' },
    { object: 'Lead', name: 'Partners', owner: 'Partner_Leads', isActive: false },
  ]

  test.each([
    ['false', 'Integration User'],
    ['true', 'Web Leads'],
    ['Partners', 'Partner Leads'],
  ])('assignmentRule %s gives new leads to %s', async (rule, owner) => {
    const org = await rig.openOrg({ seedRecords: false, assignmentRules: RULES })
    const rules = await org.records('AssignmentRule', 'Id', 'Name')
    const named = rules.find(({ Name }) => Name === rule)?.['Id']
    const spec = {
      ...contactsFrom(await rig.source('last\nAda\n'), org, { ...QUICK, engine }),
      ...{ object: 'Lead', fields: { LastName: 'last', Company: { value: 'Acme' } } },
      assignmentRule: named ?? rule === 'true',
    }
    expect((await rig.load(spec)).tally).toEqual({ ...ALL, created: 1 })
    const [{ OwnerId } = {}] = await org.records('Lead', 'OwnerId')
    const owners = [...(await org.records('Group', 'Id', 'Name')), ...(await org.records('User', 'Id', 'Name'))]
    expect(owners.find(({ Id }) => Id === OwnerId)?.['Name']).toBe(owner)
  })
})

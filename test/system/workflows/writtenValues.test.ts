// Numbers, times, checkboxes, Ids and lookups as people write them: the same through both engines.
import { expect, test } from 'vitest'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import { fileRig } from '../../rig/loadRig.ts'

const rig = await fileRig()

/** Loads a source; `results` are the status and the message of each row. */
async function load(connection: string, csv: readonly string[], given: object) {
  const source = { uri: await rig.source(`${csv.join('\n')}\n`) }
  const report = await rig.load({ connection, source, ...given })
  const rows = await rig.rows(report.runId, 'results.csv')
  return { report, results: rows.map(({ status, errormessage }) => `${status} ${errormessage}`.trim()) }
}

test.each(ENGINES)('a German export is stored as it was meant (%s)', async engine => {
  const { connection, records } = await rig.openOrg()
  const csv = [
    'name;betrag;gesehen;werbung',
    'Eins;1.234,56 €;1/5/2026 12:30 AM;Ja',
    'Zwei;-1.000,00;12/31/2025 11:59 PM;NEIN',
    'Drei;10.000;1/5/2026 1:30 PM;x',
    'Vier;5;1/5/2026 13:30;y',
    'Fünf;5;1/5/2026 1:30 PM;vielleicht',
  ]
  const { results } = await load(connection, csv, {
    object: 'Contact',
    operation: 'create',
    engine,
    fields: { LastName: 'name', Score__c: 'betrag', Last_Seen__c: 'gesehen', Opt_In__c: 'werbung' },
    formats: {
      dates: ['MM/dd/yyyy hh:mm a'],
      timeZone: 'America/New_York',
      decimalSeparator: ',',
      checkbox: { true: ['Ja', 'x'], false: ['Nein'] },
    },
  })
  expect(results).toEqual([
    'true',
    'true',
    expect.stringContaining('set formats.groupSeparator to "." if the point groups digits'),
    expect.stringContaining('1/5/2026 13:30 is not a date and time'),
    expect.stringContaining('vielleicht is not a checkbox value'),
  ])
  const stored = await records('Contact', 'LastName', 'Score__c', 'Last_Seen__c', 'Opt_In__c')
  expect(
    stored.map(({ LastName, Score__c, Last_Seen__c, Opt_In__c }) => [LastName, Score__c, Last_Seen__c, Opt_In__c]),
  ).toEqual([
    ['Eins', 1234.56, '2026-01-05T05:30:00.000+0000', true],
    ['Zwei', -1000, '2026-01-01T04:59:00.000+0000', false],
  ])
})

test.each(ENGINES)('records are updated by Ids whose letter case was lost (%s)', async engine => {
  const { connection, create, records } = await rig.openOrg()
  const [one = '', two = ''] = await create('Contact', [{ LastName: 'One' }, { LastName: 'Two' }])
  const csv = ['id,title', `${one.toLowerCase()},small`, `${two.toUpperCase()},large`]
  const { results } = await load(connection, csv, {
    object: 'Contact',
    operation: 'update',
    engine,
    fields: { Id: 'id', Title: 'title' },
  })
  expect(results).toEqual(['true', 'true'])
  expect(await records('Contact', 'LastName', 'Title')).toMatchObject([{ Title: 'small' }, { Title: 'large' }])
})

test.each(ENGINES)('accounts get their record type by its name, persons their LastName (%s)', async engine => {
  const { connection, records } = await rig.openOrg({ personAccounts: true })
  const csv = [
    'name,last,type',
    'Acme,,Partner_Account',
    'Bolt,,partner account',
    ',Weber,PersonAccount',
    'Corp,,No_Such',
    ',,',
  ]
  const { results } = await load(connection, csv, {
    object: 'Account',
    operation: 'create',
    engine,
    fields: { Name: 'name', LastName: 'last', 'RecordType.DeveloperName': 'type' },
    identityFields: ['name'],
  })
  expect(results).toEqual([
    'true',
    'true',
    'true',
    expect.stringContaining('no record type has the name: No_Such; use one of Customer_Account, Partner_Account'),
  ])
  const stored = await records('Account', 'Name', 'LastName', 'RecordTypeId')
  expect(stored).toMatchObject([{ Name: 'Acme' }, { Name: 'Bolt' }, { LastName: 'Weber' }])
  const types = stored.map(({ RecordTypeId }) => RecordTypeId)
  expect(types[0]).toBe(types[1])
  expect(types[2]).not.toBe(types[0])
})

test.each(ENGINES)('a child that comes before its parent is loaded after it (%s)', async engine => {
  const { connection, records } = await rig.openOrg()
  const given = {
    object: 'Account',
    operation: 'upsert',
    externalIdField: 'Ext_Id__c',
    engine,
    fields: { Ext_Id__c: 'key', Name: 'name', 'Parent.Ext_Id__c': 'parent' },
  }
  const { results } = await load(connection, ['key,name,parent', 'c,Child,p', 'p,Parent,'], given)
  expect(results).toEqual(['true', 'true'])
  const [parent, child] = await records('Account', 'Id', 'Name', 'ParentId')
  expect(child).toMatchObject({ Name: 'Child', ParentId: parent?.['Id'] })
})

test('a lookup that no described object answers fails before anything is sent, with its field', async () => {
  const { connection, emulator } = await rig.openOrg()
  const fields = { Subject: 'subject', 'What.Nothing__c': 'what' }
  const loading = load(connection, ['subject,what', 'Call,x'], { object: 'Task', operation: 'create', fields })
  await expect(loading).rejects.toMatchObject({
    cause: { message: expect.stringMatching(/fields\.What\.Nothing__c: /) },
  })
  expect(emulator.stats().created).toEqual({})
})

test.each(ENGINES)('other words are translated, compared, undone and loaded again (%s)', async engine => {
  const { connection, records } = await rig.openOrg()
  const csv = [
    'key,title,state,channels,paid',
    'alt,One,OFFEN,"Netz, Messe",ja',
    'K2,Two,,Post,nein',
    'K3,Three,storno,,keine Angabe',
    'K4,Four,verkauft,,',
  ]
  const fields = {
    Legacy_Key__c: { column: 'key', values: { alt: 'K1' }, unlisted: 'keep' },
    Title__c: 'title',
    Status__c: { column: 'state', values: { offen: 'Sent', storno: 'Void' }, default: 'Paid' },
    Channels__c: { column: 'channels', separator: ',', values: { Netz: 'Web', Messe: 'Fair', Post: '' } },
    Paid__c: { column: 'paid', values: { ja: true, nein: false, 'keine Angabe': '' } },
  }
  const given = {
    ...{ object: 'Invoice__c', operation: 'upsert', externalIdField: 'Legacy_Key__c', engine, undo: true },
    ...{ identityFields: ['key'], send: 'changed' },
  }
  const first = await load(connection, csv, { ...given, fields })
  expect(first.results).toEqual([
    'true',
    'true',
    'true',
    expect.stringMatching(/value not listed: verkauft; known are offen, storno; add it to values .*\(column state\)$/),
  ])
  const stored = await records('Invoice__c', 'Legacy_Key__c', 'Status__c', 'Channels__c', 'Paid__c')
  expect(stored.map(record => Object.values(record).slice(-4))).toEqual([
    ['K1', 'Sent', 'Web;Fair', true],
    ['K2', 'Paid', null, false],
    ['K3', 'Void', null, false],
  ])
  expect(await rig.text(first.report.runId, 'rejected.csv')).toContain('K4,Four,verkauft,,')
  expect(await load(connection, csv, { ...given, fields })).toMatchObject({
    report: { tally: { created: 0, updated: 0, unchanged: 3, failed: 1 } },
  })
  const Status__c = { ...fields.Status__c, values: { ...fields.Status__c.values, Verkauft: 'Paid' } }
  const again = await load(connection, csv, { ...given, fields: { ...fields, Status__c } })
  expect(again.report.tally).toMatchObject({ created: 1, unchanged: 3, failed: 0 })
  const { runId } = first.report
  expect(await rig.execute('syncRecords', { undoOf: runId })).toMatchObject({ tally: { deleted: 3, failed: 0 } })
  expect(await records('Invoice__c', 'Legacy_Key__c')).toMatchObject([{ Legacy_Key__c: 'K4' }])
})

test.each(ENGINES)('labels of picklists are read as their values where the sync declares it (%s)', async engine => {
  const { connection, records } = await rig.openOrg()
  const csv = ['title,state,channels', 'One,cancelled,"Web, Trade Fair"', 'Two,Void,Fair', 'Three,Gone,Web']
  const Channels__c = { column: 'channels', separator: ',' }
  const given = {
    ...{ object: 'Invoice__c', operation: 'create', engine },
    fields: { Title__c: 'title', Status__c: 'state', Channels__c },
  }
  const declared = await load(connection, csv, { ...given, formats: { picklistLabels: true } })
  expect(declared.results).toEqual(['true', 'true', expect.stringMatching(/Gone; use one of Draft, Sent, Paid, Void$/)])
  const stored = await records('Invoice__c', 'Title__c', 'Status__c', 'Channels__c')
  expect(stored).toMatchObject([
    { Status__c: 'Void', Channels__c: 'Web;Fair' },
    { Status__c: 'Void', Channels__c: 'Fair' },
  ])
  const { results } = await load(connection, csv.slice(0, 2), given)
  expect(results).toEqual([
    'error Status: bad value for restricted picklist field: cancelled; that is a label, its API value is Void; Channels: bad value for restricted picklist field: Trade Fair; that is a label, its API value is Fair',
  ])
})

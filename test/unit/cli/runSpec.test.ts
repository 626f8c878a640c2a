import { expect, test } from 'vitest'
import { runSpec } from '../../../cli/runSpec.ts'
import type { Configuration } from '../../../config/configuration.ts'
import { parseSyncSpec, writtenSpec } from '../../../loader/spec/parseSyncSpec.ts'
import { writtenSyncSpecSchema } from '../../../packages/client/contract/syncSpec.ts'

const WRITTEN = {
  connection: 'production',
  object: 'Contact',
  operation: 'create',
  source: { uri: 'file:data/contacts.csv', waitFor: '2h' },
  fields: { LastName: 'last_name', LeadSource: { column: 'source' } },
}

function parsed(written: object) {
  const result = parseSyncSpec(written)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.spec
}

const configuration = {
  file: 'sflink.yaml',
  syncs: new Map([['contacts', parsed(WRITTEN)]]),
  schedules: new Map(),
} as unknown as Configuration

const specWith = (...set: string[]) => runSpec(configuration, 'contacts', { set })

test('a spec without options is that of the configuration', () => {
  expect(specWith()).toEqual(parsed(WRITTEN))
})

test('the durations of a parsed spec can be written and read again', () => {
  const spec = parsed({ ...WRITTEN, resend: { delay: 1_500, lostAnswerWait: 0 } })
  expect(parseSyncSpec(writtenSpec(spec), { shape: writtenSyncSpecSchema })).toEqual({ ok: true, spec })
})

test.each([
  ['source.delimiter=|', { source: { delimiter: '|' } }],
  ['source.delimiter=;', { source: { delimiter: ';' } }],
  ['source.delimiter="\\t"', { source: { delimiter: '\t' } }],
  ['source.waitFor=30m', { source: { waitFor: 1_800_000 } }],
  ['maxRejected=10', { maxRejected: 10 }],
  ['assignmentRule=true', { assignmentRule: true }],
  ['operation={column: action}', { operation: { column: 'action' } }],
  ['operation.column=action', { operation: { column: 'action' } }],
  ['identityFields=[email, id]', { identityFields: ['email', 'id'] }],
  [
    'fields.Account.Ext_Id__c=code',
    { fields: { 'Account.Ext_Id__c': { column: 'code' }, LastName: { column: 'last_name' } } },
  ],
  ['fields.LeadSource.value=Web', { fields: { LeadSource: { value: 'Web' } } }],
  ['fields.Code__c.value=007', { fields: { Code__c: { value: '007' } } }],
  ['fields.RecordType.DeveloperName.value=Partner', { fields: { 'RecordType.DeveloperName': { value: 'Partner' } } }],
  ['fields.LastName.values={A: B}', { fields: { LastName: { column: 'last_name', values: { A: 'B' } } } }],
  ['fields.LastName.default=007', { fields: { LastName: { column: 'last_name', default: '007' } } }],
  ['fields.Name=#', { fields: { Name: { column: '#' } } }],
])('--set %s', (setting, expected) => {
  expect(specWith(setting)).toMatchObject(expected)
})

test.each([
  ['source.waitFor=30', 'source.waitFor: expected a duration with its unit, such as 30s, 10m or 2h; given 30'],
  ['resend=5', 'resend: expected a mapping such as { maxAttempts: 5 }; given 5'],
  ['blank=clearr', 'blank: expected one of ignore, clear; given "clearr"; did you mean "clear"?'],
  ['maxReject=1', 'unknown key "maxReject"; allowed: '],
])('--set %s is rejected', (setting, message) => {
  expect(() => specWith(setting)).toThrow(`The sync contacts with these options: ${message}`)
})

const QUERY = { uri: 'database:crm', query: "SELECT * FROM contacts WHERE region = '{region}' AND day = '{date}'" }

const ofQuery = (options: object) =>
  runSpec(
    { ...configuration, syncs: new Map([['contacts', parsed({ ...WRITTEN, source: QUERY })]]) } as Configuration,
    'contacts',
    { set: [], ...options },
  )

test('placeholders of a query are filled by --set and --scheduled-time', () => {
  expect(ofQuery({ set: ['region=North West'], scheduledTime: '2026-11-25T02:30' }).source).toMatchObject({
    query: "SELECT * FROM contacts WHERE region = 'North West' AND day = '2026-11-25'",
  })
})

test.each([
  [{ set: ['date=2026-11-25'] }, 'The source of the sync contacts leaves {region} open. Give it: --set region=…'],
  [{ set: ["region=x' OR '1"] }, `--set region: "x' OR '1" can't be put into a query; allowed are letters, digits`],
  [{ source: 'database:crm' }, 'source: names a database and nothing in it; give query or table'],
])('%j is rejected', (options, words) => {
  expect(() => ofQuery(options)).toThrow(words)
})

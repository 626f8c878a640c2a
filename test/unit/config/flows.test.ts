// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
// `flows:` in sflink.yaml, and syncs whose records are parents of each other.
import { expect } from 'vitest'
import { parentOrgProblems } from '../../../config/parentOrgs.ts'
import type { ConnectionSettings } from '../../../loader/salesforce/settings.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import { PRODUCTION, test } from './configTest.ts'

const OTHER_ORG = `  other:
    loginUrl: https://other.my.salesforce.com
    auth: { flow: client_credentials, clientId: \${SF_CLIENT_ID}, clientSecret: \${SF_CLIENT_SECRET} }
`

const sync = (name: string, fields: string, more = 'identityFields: [ref]') => `  ${name}:
    { connection: production, object: Contact, operation: create, source: { uri: "file:data/${name}.csv" }, ${more}, fields: { LastName: last${fields} } }
`

const ACCOUNTS = sync('accounts', '')
const CONTACTS = sync('contacts', ', AccountId: { sync: accounts, from: account }')

const file = (syncs: string, flows = '', connections = PRODUCTION) => `${connections}syncs:\n${syncs}${flows}`
const flow = (syncs: string, more = '') => `flows:\n  campaign: { syncs: [${syncs}]${more} }\n`

test('a flow has its syncs in order, and a schedule', async ({ read }) => {
  const text = file(ACCOUNTS + CONTACTS, flow('accounts, contacts', ', schedule: { cron: "0 2 * * *" }'))
  const { flows, schedules } = await read(text)
  expect(flows).toEqual(new Map([['campaign', { syncs: ['accounts', 'contacts'] }]]))
  expect(schedules.get('campaign')).toMatchObject({ crons: ['0 2 * * *'], timeZone: 'UTC' })
})

test.for([
  [
    flow('accounts, contcts'),
    '"contcts" is not under syncs; use names of accounts, contacts; did you mean "contacts"?',
  ],
  [flow('accounts, accounts'), '"accounts" is listed twice; a flow runs each sync once'],
  [
    flow('contacts, accounts'),
    '"contacts" has the parents of AccountId in the sync accounts, which runs later; list accounts before it',
  ],
  [
    flow('contacts'),
    '"contacts" has the parents of AccountId in the sync accounts, which the flow does not have; list accounts before it',
  ],
  [flow(''), 'is empty; name at least one sync'],
  [flow('accounts', ', sync: [accounts]'), 'unknown key "sync"; allowed: syncs, schedule'],
  [flow('accounts', ', schedule: { hour: 2 }'), 'unknown key "hour"; allowed: cron, calendar'],
  ['flows:\n  accounts: { syncs: [accounts] }\n', '"accounts" is the name of a sync too; give the flow another'],
] as const)('the flow %s is rejected', async ([flows, words], { problems }) => {
  const [line, ...more] = await problems(file(ACCOUNTS + CONTACTS, flows))
  expect(more).toEqual([])
  expect(line).toMatch(/^sflink\.yaml:\d+:\d+ flows/)
  expect(line).toContain(words)
})

test.for([
  [ACCOUNTS + CONTACTS.replace('sync: accounts', 'sync: acounts'), '"acounts" is not under syncs; use one of'],
  [
    ACCOUNTS.replace('create', 'delete').replace('fields: {', 'keyField: LastName, fields: {') + CONTACTS,
    'the sync accounts deletes its records, so there is no Id to link to',
  ],
  [
    sync('accounts', '', 'identityFields: [ref, last]') + CONTACTS,
    'has the identity fields ref, last; name the column',
  ],
  [
    sync('accounts', ', AccountId: { sync: contacts, from: main }') + CONTACTS,
    'the syncs take their parents from each other (accounts -> contacts -> accounts), so none can be loaded first',
  ],
  [
    ACCOUNTS + CONTACTS.replace('fields:', 'schedule: { cron: "0 2 * * *" }, fields:'),
    'AccountId has its parents in the sync accounts, so the sync runs in a flow only; give the schedule to a flow with both syncs',
  ],
] as const)('parents that cannot be found are rejected: %s', async ([syncs, words], { problems }) => {
  const lines = await problems(file(syncs, flow('accounts, contacts')))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(words)
})

test('parents in another org are rejected, as far as the addresses show it', async ({ problems }) => {
  const other = ACCOUNTS.replace('connection: production', 'connection: other')
  const [line, ...more] = await problems(file(other + CONTACTS, flow('accounts, contacts'), PRODUCTION + OTHER_ORG))
  expect(more).toEqual([])
  expect(line).toContain(
    'syncs.contacts.fields.AccountId.sync: the sync accounts loads other, another org than production, whose records cannot have its Ids; give both syncs connections to one org',
  )
})

test.for([
  ['https://acme.my.salesforce.com', 'https://login.salesforce.com', 0],
  ['https://login.salesforce.com', 'https://test.salesforce.com', 1],
  ['https://acme.my.salesforce.com', 'https://ACME.my.salesforce.com/', 0],
] as const)('the addresses %s and %s', async ([one, other, count], { read }) => {
  const { syncs, connections } = await read(file(ACCOUNTS + CONTACTS))
  const settings = connections.get('production') as ConnectionSettings
  const companies = { ...(syncs.get('accounts') as SyncSpec), connection: 'other' }
  const found = parentOrgProblems(
    new Map([...syncs, ['accounts', companies]]),
    new Map([one, other].map((loginUrl, index) => [index === 0 ? 'production' : 'other', { ...settings, loginUrl }])),
  )
  expect(found).toHaveLength(count)
})

test('a row of the same source, and a run that the sync names, are no other sync', async ({ read }) => {
  const self = sync('accounts', ', AccountId: { sync: self, from: parent }, OwnerId: { sync: accounts, from: owner }')
  const named = CONTACTS.replace('fields:', 'parentRuns: { accounts: accounts.x }, fields:')
  const { syncs } = await read(file(self + named, flow('contacts')))
  expect([...syncs.keys()]).toEqual(['accounts', 'contacts'])
})

test('notifications may be set for a flow', async ({ read }) => {
  const notifications = 'notifications: { webhook: { url: "${HOOK}" }, syncs: { campaign: off } }\n'
  const configuration = await read(file(ACCOUNTS, flow('accounts') + notifications))
  expect(configuration.notifications('campaign')).toBeUndefined()
  expect(configuration.notifications('accounts')).toBeDefined()
})

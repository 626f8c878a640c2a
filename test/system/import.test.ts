// Loads of Data Loader, imported and run: an insert, an upsert with lookups, and an extract that is left out.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type Configuration, readConfiguration } from '../../config/configuration.ts'
import { DEFAULT_USER } from '../../packages/emulator/index.ts'
import { inProcess } from '../rig/inProcess.ts'
import { fileRig, QUICK, type RigOrg } from '../rig/loadRig.ts'
import { LOAD, processConf } from '../rig/processConf.ts'

const rig = await fileRig()
const org: RigOrg = await rig.openOrg()
const conf = join(rig.folder, 'dataloader', 'conf')

const PROCESSES = {
  contactInsert: {
    ...LOAD,
    'sfdc.endpoint': 'https://login.salesforce.com',
    'sfdc.entity': 'Contact',
    'process.mappingFile': 'C:\\dataloader\\conf\\insert.sdl',
    'dataAccess.name': 'C:\\dataloader\\data\\people.csv',
    'sfdc.timezone': 'America/New_York',
  },
  contactUpsert: {
    ...LOAD,
    'sfdc.endpoint': 'https://login.salesforce.com',
    'process.operation': 'upsert',
    'sfdc.externalIdField': 'ext_id__c',
    'sfdc.insertNulls': 'true',
    'process.useEuropeanDates': 'true',
    'process.mappingFile': 'C:\\dataloader\\conf\\upsert.sdl',
    'dataAccess.name': 'C:\\dataloader\\data\\contacts.csv',
  },
  csvContactExtract: { ...LOAD, 'process.operation': 'extract', 'dataAccess.type': 'csvWrite' },
}

let configuration: Configuration
let connection: string
let printed: string

beforeAll(async () => {
  await mkdir(conf, { recursive: true })
  const files = {
    'process-conf.xml': processConf(PROCESSES),
    'insert.sdl':
      '#Mapping values\nLAST_NAME=LastName\nMEMBER\\ SINCE=Member_Since__c\n"Trade\\ Fair"=Description\nNOTES=\n',
    'upsert.sdl':
      'ext=Ext_Id__c\nlast=LastName\ntitle=Title\nsince=Member_Since__c\naccount=Account\\:Ext_Id__c\nowner=Owner\\:User-Username\n',
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(conf, name), text)
  await rig.source('Last_Name,Member Since,Notes\nDoe,12/31/2024,x\nRoe,20250102,y\n', 'people.csv')
  await rig.source(
    `ext,last,title,since,account,owner\nE1,Smith,,31/12/2024,A1,${DEFAULT_USER.username}\nE2,Jones,Gold,01/02/2025,A1,${DEFAULT_USER.username}\nE3,Brown,Gold,,none,${DEFAULT_USER.username}\n`,
    'contacts.csv',
  )
  const { code, stdout } = await inProcess(['import', 'dataloader/conf', '--login-url', org.emulator.url], {
    cwd: rig.folder,
  })
  expect(code).toBe(0)
  printed = stdout
  const { clientId, clientSecret } = org.emulator.credentials
  configuration = await readConfiguration(join(rig.folder, 'sflink.yaml'), {
    environment: { SF_CLIENT_ID: clientId, SF_CLIENT_SECRET: clientSecret },
  })
  const settings = configuration.connections.get('production')
  if (settings === undefined) throw new Error('sflink.yaml has no connection production')
  connection = rig.addConnection(settings)
})

const load = (sync: string) => rig.load({ ...configuration.syncs.get(sync), ...QUICK, connection })

test('an imported insert creates its records, with dates and constants', async () => {
  const report = await load('contactInsert')
  expect(report.tally).toMatchObject({ created: 2, failed: 0 })
  expect(await org.records('Contact', 'LastName', 'Member_Since__c', 'Description')).toMatchObject([
    { LastName: 'Doe', Member_Since__c: '2024-12-31', Description: 'Trade Fair' },
    { LastName: 'Roe', Member_Since__c: '2025-01-02', Description: 'Trade Fair' },
  ])
  const [first] = await rig.rows(report.runId, 'results.csv')
  expect(Object.keys(first ?? {})).toEqual([
    ...['status', 'errormessage', 'timestamp', 'Last_Name', 'Member Since'],
    ...['id', 'outcome'],
  ])
})

test('an imported upsert finds records, parents and owners, and clears what is blank', async () => {
  const [account] = await org.create('Account', [{ Name: 'Acme', Ext_Id__c: 'A1' }])
  await org.create('Contact', [{ LastName: 'Old', Ext_Id__c: 'E1', Title: 'Boss' }])
  const report = await load('contactUpsert')
  expect(report.tally).toMatchObject({ created: 1, updated: 1, failed: 1 })
  const records = await org.records('Contact', 'Ext_Id__c', 'LastName', 'Title', 'Member_Since__c', 'AccountId')
  expect(records.filter(({ Ext_Id__c }) => Ext_Id__c)).toMatchObject([
    { Ext_Id__c: 'E1', LastName: 'Smith', Title: null, Member_Since__c: '2024-12-31', AccountId: account },
    { Ext_Id__c: 'E2', LastName: 'Jones', Title: 'Gold', Member_Since__c: '2025-02-01', AccountId: account },
  ])
})

test('an extract is left out by its name', () => {
  expect([...configuration.syncs.keys()]).toEqual(['contactInsert', 'contactUpsert'])
  expect(printed).toContain('csvContactExtract is not imported: the operation extract reads records out of Salesforce')
})

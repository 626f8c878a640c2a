// One campaign from a workbook, a query and a directory of files: planned, loaded while the worker is killed, and undone.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTemporalServer, type TemporalServer } from '../../../dev/processes/temporalServer.ts'
import type { SheetPart } from '../../../dev/workbookParts.ts'
import type { FlowReport } from '../../../packages/client/contract/runFlow.ts'
import { type Emulator, startEmulator } from '../../../packages/emulator/index.ts'
import { lacksPostgres, startTestPostgres, type TestPostgres } from '../../rig/postgres.ts'
import { orgOf, until } from '../../rig/rigOrg.ts'
import { type Outcome, sflink } from '../../rig/sflink.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { headerCells, sheetOf, textCell, writeParts } from '../../rig/workbooks.ts'
import { startWorkerProcess, stopWorkerProcess } from '../../rig/workerProcess.ts'

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)

/** Accounts: every tenth is the parent of the nine before it, so that parents come after their children. */
const ACCOUNTS = numbers(60).map(n => [
  `A${n}`,
  `Campaign Account ${n}`,
  n % 10 === 0 ? '' : `A${Math.ceil(n / 10) * 10}`,
])
const CONTACTS = numbers(300).map(n => [
  `C${n}`,
  `Contact ${n}`,
  `contact${n}@campaign.example`,
  `A${((n - 1) % 60) + 1}`,
])
const LEADS = numbers(90).map(n => [`L${n}`, `Lead ${n}`, `lead${n}@campaign.example`, `Prospect ${n}`])
const MEMBERS = [
  ...CONTACTS.slice(0, 120).map(([ref = '']) => ['Spring fair', ref, '']),
  ...LEADS.slice(0, 60).map(([ref = '']) => ['Spring fair', '', ref]),
]
const TASKS = [...CONTACTS.slice(0, 80), ...LEADS.slice(0, 40)].map(([ref = '', , mail = '']) => [`Call ${ref}`, mail])
const NOTES = numbers(12).map(n => [`O${n}`, `offers/offer-${n}.txt`])

const CONFIGURATION = `dataDirectories: [data]
databases: { crm: { url: "\${CRM_URL}" } }
connections:
  org:
    loginUrl: \${ORG_URL}
    auth: { flow: client_credentials, clientId: emulator-client-id, clientSecret: \${ORG_SECRET} }
flows:
  campaign: { syncs: [accounts, contacts, leads, opportunities, members, tasks, notes] }
syncs:
  accounts:
    connection: org
    object: Account
    operation: create
    source: { uri: "file:data/campaign.xlsx", sheet: Accounts }
    fields: { Name: name, ParentId: { sync: self, by: ref, from: parent } }
    identityFields: [ref]
  contacts:
    connection: org
    object: Contact
    operation: create
    source: { uri: "file:data/campaign.xlsx", sheet: Contacts }
    fields: { LastName: name, Email: mail, AccountId: { sync: accounts, from: account } }
    identityFields: [ref]
  leads:
    connection: org
    object: Lead
    operation: create
    source: { uri: "file:data/campaign.xlsx", sheet: Leads }
    fields: { LastName: name, Email: mail, Company: company }
    identityFields: [ref]
  opportunities:
    connection: org
    object: Opportunity
    operation: create
    source: { uri: "database:crm", query: "SELECT ref, name, stage, closes, amount, account, kind, owner FROM deals ORDER BY ref" }
    fields:
      Name: name
      StageName: stage
      CloseDate: closes
      Amount: amount
      RecordType.DeveloperName: kind
      AccountId: { sync: accounts, from: account }
      OwnerId: { lookup: User, by: Email, from: owner }
    identityFields: [ref]
  members:
    connection: org
    object: CampaignMember
    operation: create
    source: { uri: "file:data/campaign.xlsx", sheet: Members }
    fields:
      CampaignId: { lookup: Campaign, by: Name, from: campaign }
      ContactId: { sync: contacts, from: contact }
      LeadId: { sync: leads, from: lead }
    identityFields: [contact, lead]
  tasks:
    connection: org
    object: Task
    operation: create
    source: { uri: "file:data/campaign.xlsx", sheet: Tasks }
    fields: { Subject: subject, WhoId: { lookup: [Contact, Lead], by: Email, from: who } }
    identityFields: [subject]
  notes:
    connection: org
    object: ContentVersion
    operation: create
    source: { uri: "file:data/campaign.xlsx", sheet: Notes }
    fields: { VersionData: { file: file }, FirstPublishLocationId: { sync: opportunities, from: deal } }
    identityFields: [deal]
`

/** A sheet of text cells. */
function sheet(name: string, header: readonly string[], rows: readonly (readonly string[])[]): SheetPart {
  const cells = rows.flatMap((row, index) =>
    row.map((value, column) => [`${String.fromCharCode(65 + column)}${index + 2} t="inlineStr"`, textCell(value)]),
  )
  return sheetOf(name, { ...headerCells(...header), ...Object.fromEntries(cells) })
}

/** Files of 2,000 bytes and more, each with other bytes. */
const offerOf = (deal: string): string => `Offer for ${deal}\n`.repeat(150)

const OBJECTS = ['Account', 'Contact', 'Lead', 'Opportunity', 'CampaignMember', 'Task', 'ContentVersion'] as const

describe.skipIf(lacksPostgres)('a campaign in one flow (skipped where PostgreSQL is not installed)', () => {
  const folder = temporaryFolder()
  let temporal: TemporalServer
  let org: Emulator
  let database: TestPostgres
  let worker: ChildProcess
  let environment: Record<string, string>

  beforeAll(async () => {
    ;[temporal, org, database] = await Promise.all([
      startTemporalServer({ own: true }),
      startEmulator({ seedRecords: true }),
      startTestPostgres(),
    ])
    await orgOf('org', org).create('Campaign', [{ Name: 'Spring fair' }])
    await writeCampaign()
    environment = {
      TEMPORAL_ADDRESS: temporal.address,
      ORG_URL: org.url,
      ORG_SECRET: org.credentials.clientSecret,
      CRM_URL: database.url(),
    }
    worker = await startWorkerProcess({ cwd: folder, environment })
  })

  afterAll(async () => {
    await stopWorkerProcess(worker)
    await Promise.all([org.close(), temporal.close(), database.close()])
  })

  async function writeCampaign(): Promise<void> {
    await mkdir(join(folder, 'data', 'offers'), { recursive: true })
    await writeFile(join(folder, 'sflink.yaml'), CONFIGURATION)
    const sheets = [
      sheet('Accounts', ['ref', 'name', 'parent'], ACCOUNTS),
      sheet('Contacts', ['ref', 'name', 'mail', 'account'], CONTACTS),
      sheet('Leads', ['ref', 'name', 'mail', 'company'], LEADS),
      sheet('Members', ['campaign', 'contact', 'lead'], MEMBERS),
      sheet('Tasks', ['subject', 'who'], TASKS),
      sheet('Notes', ['deal', 'file'], NOTES),
    ]
    await writeParts(join(folder, 'data', 'campaign.xlsx'), { sheets })
    for (const [deal = '', file = ''] of NOTES) await writeFile(join(folder, 'data', file), offerOf(deal))
    const columns = 'ref text, name text, stage text, closes date, amount numeric, account text, kind text, owner text'
    await database.run(`CREATE TABLE deals (${columns})`)
    await database.run(
      `INSERT INTO deals SELECT 'O' || n, 'Deal ' || n, 'Prospecting', DATE '2027-03-31', n * 100.5, 'A' || (n % 60) + 1,
        CASE WHEN n % 2 = 0 THEN 'Renewal' ELSE 'New_Business' END,
        CASE WHEN n % 3 = 0 THEN 'ben@acme.example' ELSE 'ada@acme.example' END FROM generate_series(1, 240) n`,
    )
  }

  const run = (...args: readonly string[]): Promise<Outcome> => sflink(args, { cwd: folder, environment })

  const records = (object: string, ...fields: readonly string[]) => orgOf('org', org).records(object, 'Id', ...fields)

  /** Records of each object that are not those of a new org. */
  const counts = async (seeded: readonly number[] = OBJECTS.map(() => 0)): Promise<readonly number[]> =>
    await Promise.all(OBJECTS.map(async (object, index) => (await records(object)).length - (seeded[index] ?? 0)))

  const ALL = [ACCOUNTS, CONTACTS, LEADS, NOTES, MEMBERS, TASKS, NOTES].map(({ length }) => length)
  ALL[OBJECTS.indexOf('Opportunity')] = 240

  test('is planned, loaded while the worker is killed with nothing twice, and undone', async () => {
    const before = await counts()
    const planned = await run('flow', 'plan', 'campaign')
    expect(planned).toMatchObject({ code: 5, stdout: expect.stringMatching(/^tasks +120 +120( +0){5}$/m) })
    expect(planned.stdout).toMatch(/^1,002 records are to be changed in the org\. Nothing was sent\.$/m)
    const [, tasks = ''] = /^tasks +(\/.*plan\.csv)$/m.exec(planned.stdout) ?? []
    // The org has neither of them yet.
    expect(await readFile(tasks, 'utf8')).toMatch(/row 80 of contacts.*row 1 of leads/s)
    expect(await counts(before)).toEqual(OBJECTS.map(() => 0))

    const loading = run('flow', 'run', 'campaign', '--json')
    await until(
      () => counts(before),
      now => (now[1] ?? 0) > 0,
    )
    worker.kill('SIGKILL')
    await once(worker, 'exit')
    worker = await startWorkerProcess({ cwd: folder, environment })
    const { code, stdout, stderr } = await loading
    expect({ code, stderr }).toMatchObject({ code: 0 })
    const report = JSON.parse(stdout) as FlowReport
    expect(report.syncs.map(({ sync }) => sync)).toEqual([
      ...['accounts', 'contacts', 'leads', 'opportunities', 'members', 'tasks', 'notes'],
    ])
    expect(await counts(before)).toEqual(ALL)
    await expectRelations()

    const undone = await run('flow', 'undo', report.runId)
    expect(undone).toMatchObject({ code: 0 })
    expect(await counts(before)).toEqual(OBJECTS.map(() => 0))
  }, 240_000)

  async function expectRelations(): Promise<void> {
    const nameOf = async (object: string, field: string) =>
      new Map((await records(object, field)).map(record => [record['Id'], String(record[field])]))
    const [accounts, contacts, leads, deals] = await Promise.all([
      nameOf('Account', 'Name'),
      nameOf('Contact', 'LastName'),
      nameOf('Lead', 'LastName'),
      nameOf('Opportunity', 'Name'),
    ])
    const users = await nameOf('User', 'Email')
    const types = await nameOf('RecordType', 'DeveloperName')
    const pairs = async (object: string, ...fields: readonly string[]) =>
      (await records(object, ...fields)).map(record => fields.map(field => record[field]))
    const ours = (name: unknown) => /^Campaign Account /.test(String(name))

    const hierarchy = (await pairs('Account', 'Name', 'ParentId')).filter(([name]) => ours(name))
    expect(new Map(hierarchy.map(([name, parent]) => [name, accounts.get(parent) ?? '']))).toEqual(
      new Map(ACCOUNTS.map(([, name = '', parent = '']) => [name, parent && `Campaign Account ${parent.slice(1)}`])),
    )
    const people = (await pairs('Contact', 'LastName', 'AccountId')).filter(([, account]) =>
      ours(accounts.get(account)),
    )
    expect(new Map(people.map(([name, account]) => [name, accounts.get(account)]))).toEqual(
      new Map(CONTACTS.map(([, name = '', , account = '']) => [name, `Campaign Account ${account.slice(1)}`])),
    )
    const opportunities = await pairs('Opportunity', 'Name', 'AccountId', 'OwnerId', 'RecordTypeId')
    const described = opportunities
      .filter(([name]) => String(name).startsWith('Deal '))
      .map(([name, account, owner, type]) => [name, accounts.get(account), users.get(owner), types.get(type)])
    expect(new Set(described.map(deal => deal.join('; ')))).toEqual(new Set(numbers(240).map(dealOf)))
    const members = await pairs('CampaignMember', 'ContactId', 'LeadId')
    expect(new Set(members.map(([contact, lead]) => contacts.get(contact) ?? leads.get(lead)))).toEqual(
      new Set([...CONTACTS.slice(0, 120), ...LEADS.slice(0, 60)].map(([, name]) => name)),
    )
    const called = (await pairs('Task', 'Subject', 'WhoId')).filter(([subject]) => String(subject).startsWith('Call '))
    expect(new Set(called.map(([subject, who]) => `${subject}: ${contacts.get(who) ?? leads.get(who)}`))).toEqual(
      new Set(
        TASKS.map(
          ([subject = '']) => `${subject}: ${subject.replace('Call C', 'Contact ').replace('Call L', 'Lead ')}`,
        ),
      ),
    )
    const files = await pairs('ContentVersion', 'Title', 'ContentSize', 'FirstPublishLocationId')
    expect(new Set(files.map(([title, size, deal]) => `${title}: ${size}, ${deals.get(deal)}`))).toEqual(
      new Set(NOTES.map(([deal = '']) => `offer-${deal.slice(1)}: ${offerOf(deal).length}, Deal ${deal.slice(1)}`)),
    )
  }
})

const dealOf = (n: number): string =>
  [
    `Deal ${n}`,
    `Campaign Account ${(n % 60) + 1}`,
    n % 3 === 0 ? 'ben@acme.example' : 'ada@acme.example',
    n % 2 === 0 ? 'Renewal' : 'New_Business',
  ].join('; ')

// Invalid input fails with one clear line, and writes nothing to Salesforce.
import type { WorkflowFailedError } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../../../loader/http/secret.ts'
import { DEFAULT_USER, type Emulator } from '../../../packages/emulator/index.ts'
import { type LoadRig, type RigOrg, startLoadRig } from '../../rig/loadRig.ts'

let rig: LoadRig
let org: RigOrg

beforeAll(async () => {
  rig = await startLoadRig()
  const access = {
    Contact: { hidden: ['Department'], readOnly: ['Title'] },
    Lead: { create: false },
    Account: { update: false },
  }
  org = await rig.openOrg({ users: [{ ...DEFAULT_USER, access }], passwordFlowAllowed: false })
})
afterAll(() => rig.close())

const CONTACTS = 'last,email\nDoe,doe@example.com\n'

type Given = {
  readonly csv?: string | Uint8Array
  readonly spec?: object
  readonly connection?: () => string
}

/** Runs the load, expects that it writes nothing, and returns the failure of the workflow. */
async function failureOf({ csv = CONTACTS, spec = {}, connection = () => org.connection }: Given) {
  const before = writesOf(org.emulator)
  const load = await rig.start({
    connection: connection(),
    object: 'Contact',
    operation: 'create',
    source: { uri: await rig.source(csv) },
    fields: { LastName: 'last', Email: 'email' },
    ...spec,
  })
  const error = await load.report().then(
    report => expect.fail(`it ended: ${JSON.stringify(report)}`),
    (failed: WorkflowFailedError) => failed,
  )
  expect(writesOf(org.emulator)).toEqual(before)
  const { type, message } = error.cause as Error & { readonly type?: string }
  expect(message).not.toContain('\n')
  return { type, message }
}

function writesOf({ stats }: Emulator) {
  const { created, updated, jobs } = stats()
  return { created, updated, jobs }
}

const set = (spec: object): Given => ({ spec })

const REJECTED: readonly (readonly [string, Given, RegExp])[] = [
  ['an unknown object', set({ object: 'Contract' }), /Contract/],
  [
    'an object that the user may not create',
    set({ object: 'Lead', fields: { LastName: 'last', Company: 'email' } }),
    /^The load into Lead.*may not create Lead.*permission/,
  ],
  [
    'an object that the user may not update',
    set({ object: 'Account', operation: 'update', fields: { Id: 'last', Name: 'email' } }),
    /may not update Account.*permission/,
  ],
  [
    'an unknown field',
    set({ fields: { LastName: 'last', Emial: 'email' } }),
    /fields\.Emial.*Contact\.Emial is unknown.*Email/,
  ],
  ['a read-only field', set({ fields: { LastName: 'last', CreatedDate: 'email' } }), /CreatedDate is read-only/],
  ['a field read-only to this user', set({ fields: { LastName: 'last', Title: 'email' } }), /Title is read-only/],
  [
    'a field hidden from this user',
    set({ fields: { LastName: 'last', Department: 'email' } }),
    /Department is unknown, or hidden/,
  ],
  ['a required field unmapped', set({ fields: { Email: 'email' } }), /Required fields are missing: \[LastName\]/],
  [
    'a constant of the wrong type',
    set({ fields: { LastName: 'last', Birthdate: { value: 'soon' } } }),
    /Birthdate.*soon.*yyyy-MM-dd/,
  ],
  [
    'an upsert by a field that is not an External ID',
    set({ operation: 'upsert', externalIdField: 'LastName', fields: { LastName: 'last', Email: 'email' } }),
    /LastName.*External ID/,
  ],
  ['a key field unmapped', set({ operation: 'update', keyField: 'Phone' }), /Key field: Phone is not present in data/],
  ['a column absent from the header', { csv: 'name,email\nDoe,doe@example.com\n' }, /last.*name, email/],
  ['an identity column absent from the header', set({ identityFields: ['number'] }), /number/],
  ['a column of operations absent from the header', set({ operation: { column: 'action' } }), /action/],
  ['a header without records', { csv: 'last,email\n' }, /no records.*nothing was sent/],
  [
    'more rejected rows than allowed',
    { csv: 'last,email\n,a@b.example\nDoe,nonsense\nRoe,\n', spec: { maxRejected: 1 } },
    /2 of 3 records can't be sent, maxRejected allows 1; nothing was sent.*row 1: Required fields are missing: \[LastName\].*rejected\.csv/,
  ],
  ['a spec with an unknown key', set({ feilds: {} }), /^The sync spec.*"feilds".*fields/],
  ['a spec with an invalid operation', set({ operation: 'insert' }), /operation.*create, update, upsert/],
]

test.concurrent.each(REJECTED)('%s', async (_, given, words) => {
  const { type, message } = await failureOf(given)
  expect(message).toMatch(words)
  expect(type).toMatch(/^(RunRejectedError|RequestRejectedError)$/)
})

const UNREADABLE: readonly (readonly [string, Given, string, RegExp])[] = [
  ['a missing source', set({ source: { uri: 'file:data/absent.csv' } }), 'SourceFileError', /absent\.csv/],
  [
    'a source outside the data directories',
    set({ source: { uri: 'file:runs/secret.csv' } }),
    'SourceFileError',
    /runs\/secret\.csv.*data/,
  ],
  [
    'a source that leaves them by ..',
    set({ source: { uri: 'file:data/../sflink.yaml' } }),
    'SourceFileError',
    /sflink\.yaml/,
  ],
  ['an empty source', { csv: '' }, 'SourceEmptyError', /empty/],
  [
    'a source that is not text',
    { csv: Uint8Array.from({ length: 512 }, (_, i) => i % 7) },
    'SourceNotTextError',
    /not.*text/i,
  ],
  ['a source that is cut in a quoted value', { csv: 'last,email\nDoe,"doe@exam' }, 'CsvCutError', /quot/],
  ['a header with a duplicate name', { csv: 'last,email,email\nDoe,a,b\n' }, 'SourceHeaderError', /email/],
]

test.concurrent.each(UNREADABLE)('%s', async (_, given, expected, words) => {
  const { type, message } = await failureOf(given)
  expect(message).toMatch(words)
  expect(type).toBe(expected)
})

describe.concurrent('a connection', () => {
  const at = (loginUrl: string, changes: object = {}) => {
    const { clientId, clientSecret } = org.emulator.credentials
    const auth = { flow: 'client_credentials', clientId, clientSecret: new Secret(clientSecret), ...changes } as const
    return rig.addConnection({ loginUrl, auth })
  }

  test.each<readonly [string, () => string, string, RegExp]>([
    [
      'with a wrong secret',
      () => at(org.emulator.url, { clientSecret: new Secret('mistaken') }),
      'LoginRejectedError',
      /org-\d+.*invalid_client.*clientSecret/,
    ],
    [
      'with a flow that the org blocks',
      () => {
        const { clientId, clientSecret, username, password, securityToken } = org.emulator.credentials
        const secrets = { clientSecret: new Secret(clientSecret), password: new Secret(password) }
        const auth = {
          flow: 'password',
          clientId,
          username,
          ...secrets,
          securityToken: new Secret(securityToken),
        } as const
        return rig.addConnection({ loginUrl: org.emulator.url, auth })
      },
      'LoginRejectedError',
      /org-\d+.*invalid_grant/,
    ],
    [
      'that is not in the configuration',
      () => 'production',
      'ConfigurationError',
      /no connection 'production'; use one of org-1/,
    ],
  ])('%s', async (_, connection, expected, words) => {
    const { type, message } = await failureOf({ connection })
    expect(message).toMatch(words)
    expect(type).toBe(expected)
  })
})

test('an unknown sync', async () => {
  const load = rig.execute('syncRecords', { sync: 'nightly' })
  await expect(load).rejects.toMatchObject({
    cause: { type: 'RunRejectedError', message: expect.stringMatching(/^Sync nightly.*no such sync/) },
  })
})

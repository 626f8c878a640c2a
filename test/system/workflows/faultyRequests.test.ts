// For any error of any request of a create the run ends, and every record is in the org exactly once.
import { describe, expect, test } from 'vitest'
import type { Fault, FaultMatch } from '../../../packages/emulator/index.ts'
import { contactsFrom, fileRig, QUICK } from '../../rig/loadRig.ts'

const rig = await fileRig()

const FAULTS: readonly Fault[] = [
  { type: 'cutBefore' },
  { type: 'cutAfter' },
  { type: 'cutBody', afterBytes: 20 },
  { type: 'status', status: 500, body: [{ errorCode: 'UNKNOWN_EXCEPTION', message: 'An unexpected error occurred' }] },
  ...[200, 403, 404, 503].map(
    status => ({ type: 'status', status, html: '<html><body>Maintenance</body></html>' }) as const,
  ),
  { type: 'expireSession' },
  { type: 'stall' },
]

const REQUESTS = {
  bulk: [
    { operation: 'token' },
    { operation: 'versions' },
    { operation: 'describe' },
    { operation: 'query' },
    { operation: 'ingestCreate' },
    { operation: 'ingestUpload' },
    { operation: 'ingestClose' },
    { operation: 'ingestRead' },
    { path: '*/successfulResults*' },
    { path: '*/failedResults*' },
    { path: '*/unprocessedrecords*' },
  ],
  collections: [
    { operation: 'token' },
    { operation: 'versions' },
    { operation: 'describe' },
    { operation: 'collectionCreate' },
  ],
} as const satisfies Readonly<Record<string, readonly FaultMatch[]>>

// More than one collection request.
const RECORDS = 210

/** The org rejects a record with it, so that there are failed results to read. */
const NO_ACCOUNT = '0015f00000ZZZZZ'

const cases = Object.entries(REQUESTS).flatMap(([engine, matches]) =>
  matches.map(match => [engine, Object.values(match)[0] ?? '', match] as const),
)

const nameOf = (fault: Fault) => (fault.type === 'status' ? `status ${fault.status}` : fault.type)

describe.concurrent('a create writes every record exactly once', () => {
  test.each(cases)('by %s, for any error of its request %s', async (engine, _, match) => {
    const outcomes = await Promise.all(FAULTS.map(fault => createWith(engine, match, fault)))
    expect(outcomes).toEqual(FAULTS.map(fault => ({ ...ALL_WELL, fault: nameOf(fault) })))
  })
})

const ALL_WELL = {
  hits: 1,
  tally: { created: RECORDS, updated: 0, deleted: 0, unchanged: 0, failed: 1, inDoubt: 0 },
  records: RECORDS,
  rightResults: RECORDS,
}

async function createWith(engine: string, match: FaultMatch, fault: Fault) {
  const org = await rig.openOrg({}, { requestTimeout: 1_000, stallTimeout: 500 })
  const rows = Array.from({ length: RECORDS }, (_row, index) => `${index + 1},Person ${index + 1},`)
  org.emulator.faults.add({ match, fault, times: 1 })
  const { runId, tally } = await rig.load(
    contactsFrom(await rig.source(`key,last,account\n${rows.join('\n')}\n0,Rejected,${NO_ACCOUNT}\n`), org, {
      ...QUICK,
      fields: { LastName: 'last', AccountId: 'account' },
      identityFields: ['key'],
      resultColumns: ['id'],
      engine,
    }),
  )
  const records = await org.records('Contact', 'LastName', 'Id')
  const ids = new Map(records.map(record => [record['LastName'], record['Id']]))
  const results = await rig.rows(runId, 'results.csv')
  const right = results.filter(
    ({ status, key, id }, index) => status === 'true' && key === String(index + 1) && id === ids.get(`Person ${key}`),
  )
  const hits = org.emulator.faults.list()[0]?.hits
  return { fault: nameOf(fault), hits, tally, records: records.length, rightResults: right.length }
}

const PAGE = { type: 'status', status: 404, html: '<html><body>Maintenance</body></html>' } as const
const RETRY = {
  type: 'status',
  status: 400,
  body: { error: 'unknown_error', error_description: 'retry your request' },
} as const

// Longer than the repetitions of one request: the step waits, and the run does not fail.
test.concurrent.each<readonly [string, readonly (readonly [FaultMatch, Fault, number])[]]>([
  ['sessions that are rejected again and again', [[{ operation: 'ingestRead' }, { type: 'expireSession' }, 6]]],
  ['a page of an edge in place of every job', [[{ operation: 'ingestRead' }, PAGE, 12]]],
  [
    'a page in place of a login',
    [
      [{ operation: 'ingestRead' }, { type: 'expireSession' }, 1],
      [{ operation: 'token' }, { ...PAGE, status: 200 }, 10],
    ],
  ],
  [
    'a login that asks to be repeated',
    [
      [{ operation: 'ingestRead' }, { type: 'expireSession' }, 1],
      [{ operation: 'token' }, RETRY, 10],
    ],
  ],
])('a run with records in flight waits during %s', async (_, faults) => {
  const org = await rig.openOrg()
  // Faults of the token begin after the first login.
  await rig.execute('testConnection', { connection: org.connection })
  for (const [match, fault, times] of faults) org.emulator.faults.add({ match, fault, times })
  const { tally } = await rig.load(
    contactsFrom(await rig.source('key,last\n1,Frank\n'), org, { ...QUICK, identityFields: ['key'], engine: 'bulk' }),
  )
  expect(tally).toMatchObject({ created: 1, failed: 0, inDoubt: 0 })
})

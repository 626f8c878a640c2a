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
  { type: 'status', status: 503, html: '<html><body>Service Unavailable</body></html>' },
  { type: 'status', status: 200, html: '<html><body>We are back soon</body></html>' },
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

const cases = Object.entries(REQUESTS).flatMap(([engine, matches]) =>
  matches.map(match => [engine, Object.values(match)[0] ?? '', match] as const),
)

// A login waits for a minute, regardless of the connection's timeouts.
const faultsOf = (match: FaultMatch) => FAULTS.filter(({ type }) => type !== 'stall' || match.operation !== 'token')

const nameOf = (fault: Fault) => (fault.type === 'status' ? `status ${fault.status}` : fault.type)

describe.concurrent('a create writes every record exactly once', () => {
  test.each(cases)('by %s, for any error of its request %s', async (engine, _, match) => {
    const faults = faultsOf(match)
    const outcomes = await Promise.all(faults.map(fault => createWith(engine, match, fault)))
    expect(outcomes).toEqual(faults.map(fault => ({ ...ALL_WELL, fault: nameOf(fault) })))
  })
})

const ALL_WELL = {
  hits: 1,
  tally: { created: RECORDS, updated: 0, failed: 0, inDoubt: 0 },
  records: RECORDS,
  rightResults: RECORDS,
}

async function createWith(engine: string, match: FaultMatch, fault: Fault) {
  const org = await rig.openOrg({}, { requestTimeout: 1_000, stallTimeout: 500 })
  const rows = Array.from({ length: RECORDS }, (_row, index) => `${index + 1},Person ${index + 1}`)
  org.emulator.faults.add({ match, fault, times: 1 })
  const { runId, tally } = await rig.load(
    contactsFrom(await rig.source(`key,last\n${rows.join('\n')}\n`), org, {
      ...QUICK,
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

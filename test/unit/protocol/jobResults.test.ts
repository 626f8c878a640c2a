// Results of an ingest job that arrive cut, empty, as a page or endless, although the download succeeded.
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { aggregateResults } from '../../../loader/protocol/aggregate/aggregateResults.ts'
import { chunkFiles } from '../../../loader/protocol/layout.ts'
import type { IngestResultsKind } from '../../../loader/salesforce/salesforceConnection.ts'
import {
  dependenciesOf,
  linesOf,
  load,
  newWorld,
  outcomeOf,
  type Records,
  RUN_ID,
  stepOf,
  type World,
} from './memoryLoad.ts'

const PEOPLE: Records = ['Ada "A", B', 'Ben', 'Invalid', 'Cleo', 'Dan', 'Eve'].map(last => ({ last }))
const CREATED = { inOrg: 1, outcome: 'created: true', isRight: true }

/** A job that processes five of six records, and then a job for the last one. */
function failedJob(): World {
  const world = newWorld(PEOPLE, { engine: 'bulk' })
  world.org.processes.push(5)
  return world
}

/** What each record must have in the end. */
const RIGHT = PEOPLE.map(({ last }) =>
  last === 'Invalid' ? { last, inOrg: 0, outcome: 'REQUIRED_FIELD_MISSING', isRight: true } : { last, ...CREATED },
)

const PAGE = '<!DOCTYPE html>\n<html><body>We are down for maintenance, back soon</body></html>\n'
const lineEnd = (csv: string) => csv.lastIndexOf('\n', csv.length - 2) + 1

const BODIES: Readonly<Record<string, (csv: string) => string | Buffer[]>> = {
  'an empty body': () => '',
  'the header alone': csv => csv.slice(0, csv.indexOf('\n') + 1),
  'a body cut at the end of a line': csv => csv.slice(0, lineEnd(csv)),
  'a body cut in a line': csv => csv.slice(0, lineEnd(csv) + 2),
  'a body cut in a quoted value': csv => csv.slice(0, csv.includes('"') ? csv.lastIndexOf('"') : -3),
  'a header that is not text': csv => [Buffer.of(0xff), Buffer.from(csv)],
  'a page': () => PAGE,
  'bytes that are not text': csv => [Buffer.from(csv), Buffer.from([0xff, 0xfe, 0xff])],
  'another query': () => 'Id,Total\n1,2\n',
  'more results than records': csv => csv + csv.slice(csv.indexOf('\n') + 1).repeat(8),
}

const KINDS: readonly IngestResultsKind[] = ['successful', 'failed', 'unprocessed']

const cases = Object.entries(BODIES).flatMap(([name, body]) => KINDS.map(kind => [name, kind, body] as const))

describe.each(cases)('%s instead of the %s results', (_, kind, body) => {
  test('is read again, and every record gets its own result', async () => {
    const world = failedJob()
    let times = 0
    world.org.changeResults = (given, csv) => {
      if (given !== kind || times >= 4) return csv
      times += 1
      return body(csv)
    }
    await load(world)
    expect(outcomeOf(world)).toEqual(RIGHT)
  })

  test('leaves records in doubt only after several equal readings, and a run that continues reads them again', async () => {
    const world = failedJob()
    world.org.changeResults = (given, csv) => (given === kind ? body(csv) : csv)
    const { tally } = await load(world)
    expect(tally.created + tally.failed + tally.inDoubt).toBe(6)
    const readings = world.org.count('ingestResults') / KINDS.length
    expect(readings).toBeGreaterThanOrEqual(5)
    for (const { outcome, inOrg } of outcomeOf(world)) {
      // A record that was certainly written may be reported without its Id.
      expect([inOrg === 1 ? 'created: true' : 'REQUIRED_FIELD_MISSING', 'IN_DOUBT']).toContain(outcome)
    }
    world.org.changeResults = (_kind, csv) => csv
    await load(world)
    // Where records were sent again, the reading before is final.
    if (!world.files.has(chunkFiles(1, 2).csv)) expect(outcomeOf(world)).toEqual(RIGHT)
    expect(new Set(world.org.records.map(record => record['LastName'])).size).toBe(world.org.records.length)
  })
})

const packed = (csv: string): Buffer => gzipSync(csv)

/** Compressed results that show that they are none only when they are unpacked. */
const PACKED: Readonly<Record<string, (csv: string) => Buffer>> = {
  'that are cut': csv => packed(csv).subarray(0, -12),
  'without their last byte': csv => packed(csv).subarray(0, -1),
  'that are damaged': csv => Buffer.concat([packed(csv).subarray(0, -9), Buffer.alloc(9, 7)]),
  'that are a page': () => packed(PAGE),
}

test.each(Object.entries(PACKED))(
  'compressed results %s are downloaded again until they are whole',
  async (_, body) => {
    const world = failedJob()
    const broken = new Map(KINDS.map(kind => [kind, 6]))
    world.org.changeResults = (kind, csv) => {
      const left = broken.get(kind) ?? 0
      broken.set(kind, left - 1)
      return left > 0 ? [body(csv)] : [packed(csv)]
    }
    await load(world)
    expect(outcomeOf(world)).toEqual(RIGHT)
  },
)

test('the results of a job without failed records are one request', async () => {
  const world = newWorld([{ last: 'Ada' }, { last: 'Ben' }], { engine: 'bulk' })
  expect(await load(world)).toMatchObject({ tally: { created: 2 } })
  expect(world.org.count('ingestResults')).toBe(1)
})

test('all results are read when those of a job contradict its counts', async () => {
  const world = newWorld(PEOPLE, { engine: 'bulk' })
  const connect = world.org.connection.bind(world.org)
  world.org.connection = worker => {
    const connection = connect(worker)
    const ingestJob: typeof connection.ingestJob = async (...call) => {
      const job = await connection.ingestJob(...call)
      return { ...job, numberRecordsFailed: 0 }
    }
    return { ...connection, ingestJob }
  }
  await load(world)
  const expected = RIGHT.map(({ last, outcome }) => [last, outcome])
  expect(outcomeOf(world).map(({ last, outcome }) => [last, outcome])).toEqual(expected)
})

test('results without an end are read no further than results of the records can be', async () => {
  const world = newWorld([{ last: 'Ada' }], { engine: 'bulk' })
  let bytes = 0
  world.org.changeResults = (kind, csv) => {
    if (kind !== 'successful') return csv
    return (function* () {
      yield Buffer.from(csv)
      for (const block = Buffer.from('x,"'.repeat(20_000)); ; bytes += block.length) yield block
    })()
  }
  expect(await load(world)).toMatchObject({ tally: { created: 1 } })
  expect(bytes).toBeLessThan(5 * 1.2 * 1024 * 1024)
})

test('jobs that killed workers left open are stopped when another job is chosen', async () => {
  const world = newWorld(PEOPLE, { engine: 'bulk' })
  world.org.script.uploadIngestData = ['lostBefore', 'lostBefore']
  // Three times by each worker that opened one, and by the last one at first.
  world.org.script.abortIngestJob = Array(8).fill('lostBefore')
  await load(world)
  expect(world.org.jobs.map(({ state }) => state)).toEqual(['Aborted', 'Aborted', 'JobComplete'])
})

test('a cancelled run does not say of a record that it was not sent when it was sent in an earlier attempt', async () => {
  const world = failedJob()
  world.org.script.openIngestJob = ['succeed', ...Array.from({ length: 1_100 }, () => 'unreachable' as const)]
  await load(world).catch(() => undefined)
  await aggregateResults(dependenciesOf(world), { runId: RUN_ID, inlineResults: false, ended: 'cancelled' }, stepOf())
  expect(linesOf(world, 'results.csv').at(-1)).toMatchObject({
    errorcode: 'NOT_SENT',
    errormessage: expect.stringMatching(/^Not sent again: .* attempt 1 .* the run was cancelled/),
  })
})

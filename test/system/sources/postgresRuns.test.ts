// Runs whose source is in a real PostgreSQL server.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../../../loader/http/secret.ts'
import type { DatabaseSettings } from '../../../loader/sources/postgres/databaseSettings.ts'
import type { WorkerCheck } from '../../../packages/client/contract/maintenance.ts'
import { eventTexts } from '../../rig/eventTexts.ts'
import { fileRig, type StartedLoad, workerLog } from '../../rig/loadRig.ts'
import { lacksPostgres, startTestPostgres, type TestPostgres } from '../../rig/postgres.ts'
import type { RigOrg } from '../../rig/rigOrg.ts'

describe.skipIf(lacksPostgres)('a run that reads PostgreSQL (skipped where it is not installed)', async () => {
  const contacts = {
    connection: 'org-1',
    object: 'Contact',
    operation: 'create',
    fields: { LastName: 'last' },
  } as const
  const people = { uri: 'database:crm', query: 'SELECT last FROM people ORDER BY last' }
  const databases = new Map<string, DatabaseSettings>()
  const rig = await fileRig({
    places: { databases },
    syncs: {
      skipping: { ...contacts, source: { ...people, unchanged: 'skip', missing: 'skip' } },
      nightly: { ...contacts, source: { uri: 'database:crm', query: "SELECT '{date-1}' AS last" } },
    },
  })
  let org: RigOrg
  let server: TestPostgres
  beforeAll(async () => {
    org = await rig.openOrg()
    server = await startTestPostgres()
    databases.set('crm', server.settings())
    await server.run('CREATE TABLE people (last text)')
  })
  afterAll(() => server.close())

  const names = async () => (await org.records('Contact', 'LastName')).map(({ LastName }) => LastName)
  const withSource = (source: object, given: object = {}) => ({ ...contacts, source, ...given })

  test('whose server ends the session half-way reads it again, and writes each record once', async () => {
    const query =
      "SELECT 'Again ' || n AS last FROM generate_series(1, 6000) n WHERE n < 5500 OR pg_sleep(0.002) IS NOT NULL"
    const run = await rig.start(withSource({ uri: 'database:crm', query }))
    const end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'FETCH%' AND state = 'active'"
    await expect.poll(() => server.run(end), { timeout: 20_000, interval: 20 }).toHaveLength(1)
    expect(await run.report()).toMatchObject({ outcome: 'completed', records: 6000, tally: { created: 6000 } })
    const events = (await eventTexts(run.handle)).join('\n')
    expect(events).toContain('terminating connection due to administrator command. It is retried from the first row')
    expect(new Set(await names()).size).toBe(6000)
  })

  test('is skipped without a row and when its rows are unchanged, and waits for the first row', async () => {
    const load = () => rig.load({}, { sync: 'skipping' })
    expect(await load()).toMatchObject({
      ...{ outcome: 'skipped', skipped: { reason: 'missing', message: 'The source database:crm has no row' } },
    })
    const waiting = await rig.start(withSource({ ...people, waitFor: 3_600_000 }))
    const message = async ({ handle }: StartedLoad) =>
      (await handle.describe()).raw.pendingActivities?.[0]?.lastFailure?.message ?? ''
    await expect
      .poll(() => message(waiting), { timeout: 20_000 })
      .toMatch(/^The source database:crm has no row yet; waiting for it until /)
    await server.run("INSERT INTO people VALUES ('First')")
    expect(await waiting.report()).toMatchObject({ outcome: 'completed', records: 1 })
    expect(await load()).toMatchObject({ outcome: 'completed', records: 1 })
    expect(await load()).toMatchObject({
      outcome: 'skipped',
      skipped: {
        message: expect.stringMatching(/byte for byte .*: sflink sync run skipping --set source\.unchanged=load$/),
      },
    })
  })

  test('without a row, and without a rule for it, fails before anything is sent', async () => {
    const none = { uri: 'database:crm', query: 'SELECT last FROM people WHERE false' }
    await expect(rig.load(withSource(none))).rejects.toMatchObject({
      cause: {
        message:
          'The source database:crm: it has no row; nothing was sent. Check its query; if no row is acceptable, set source.missing: skip',
      },
    })
  })

  test('fills a query by its scheduled time', async () => {
    await rig.load({}, { sync: 'nightly', scheduledTime: '2026-03-01T13:00:00Z', timeZone: 'Pacific/Auckland' })
    expect(await names()).toContain('2026-03-01')
  })

  test('rejects the rows with values that Salesforce does not have, and its retry reads the copy', async () => {
    await server.run(`CREATE TABLE dated AS SELECT * FROM (VALUES ('Good', '2024-02-29'::date), ('Endless', 'infinity'),
      ('Old', '0044-03-15 BC')) AS given (last, born)`)
    const { runId, report } = await rig.start(
      withSource({ uri: 'database:crm', table: 'dated' }, { fields: { LastName: 'last', Birthdate: 'born' } }),
    )
    expect(await report()).toMatchObject({ tally: { created: 1, failed: 2 } })
    expect((await rig.rows(runId, 'rejected.csv')).map(({ last, born }) => [last, born])).toEqual([
      ['Endless', 'infinity'],
      ['Old', '0044-03-15 BC'],
    ])
    await server.run('DROP TABLE dated')
    expect(await rig.execute('syncRecords', { retryOf: runId })).toMatchObject({
      records: 2,
      tally: { created: 0, failed: 2 },
    })
  })

  test('leaves the password nowhere, also when it fails', async () => {
    const from = workerLog.length
    databases.set('wrong', { ...server.settings({ name: 'wrong' }), password: new Secret('another-secret') })
    const failing = ['SELECT last FROM peeple', 'SELECT 1; SELECT 2', "SELECT 'x'::int AS last"]
    const runs = await Promise.all([
      rig.start(withSource(people)),
      rig.start(withSource({ uri: 'database:wrong', table: 'people' })),
      ...failing.map(query => rig.start(withSource({ uri: 'database:crm', query }))),
    ])
    const texts: string[] = []
    for (const { runId, handle, report } of runs) {
      const ended = await report().catch((error: unknown) => error)
      texts.push(JSON.stringify(ended), ...(await eventTexts(handle)), ...(await rig.runFiles(runId)).values())
    }
    texts.push(JSON.stringify(await rig.execute('checkWorker', {})), workerLog.slice(from).join('\n'))
    expect(texts.join('\n')).toContain('password authentication failed')
    for (const text of texts) {
      for (const secret of [server.password, encodeURIComponent(server.password), 'another-secret']) {
        expect(text).not.toContain(secret)
      }
    }
  })

  test('the doctor asks a worker whether it reaches each database', async () => {
    databases.set('gone', server.settings({ name: 'gone', port: 1 }))
    const { databases: found } = await rig.execute<WorkerCheck>('checkWorker', {})
    databases.delete('gone')
    expect(found).toContainEqual({
      name: 'crm',
      server: expect.stringMatching(new RegExp(`^PostgreSQL [\\d.]+ at 127\\.0\\.0\\.1:${server.port}$`)),
    })
    expect(found).toContainEqual({ name: 'gone', error: expect.stringContaining('ECONNREFUSED') })
  })
})

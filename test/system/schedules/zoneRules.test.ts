// A Temporal server whose rules of a time zone are others than those of Node.js.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startTemporalServer, type TemporalServer } from '../../../dev/processes/temporalServer.ts'
import { inProcess } from '../../rig/inProcess.ts'
import type { Outcome } from '../../rig/sflink.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()
let temporal: TemporalServer

const CONFIGURATION = `connections:
  org:
    loginUrl: http://127.0.0.1:9
    auth: { flow: client_credentials, clientId: x, clientSecret: y }
syncs:
  nightly: &nightly
    connection: org
    object: Contact
    operation: create
    source: { uri: "file:data/{date}.csv" }
    fields: { LastName: last_name }
    schedule: { cron: "30 0 * * *", timeZone: Asia/Kolkata, jitter: 5m }
  same: { <<: *nightly, schedule: { cron: "30 0 * * *", timeZone: Asia/Tokyo } }
`

/** A zone file of one offset: https://www.rfc-editor.org/rfc/rfc8536, version 1. @param offset seconds east of Greenwich */
function zoneFile(offset: number): Buffer {
  const header = Buffer.alloc(44)
  header.write('TZif', 'latin1')
  const [types, characters] = [36, 40]
  header.writeUInt32BE(1, types)
  header.writeUInt32BE(4, characters)
  const type = Buffer.alloc(6)
  type.writeInt32BE(offset)
  return Buffer.concat([header, type, Buffer.from('IND\0', 'latin1')])
}

beforeAll(async () => {
  const zones = join(folder, 'zones')
  await mkdir(join(zones, 'Asia'), { recursive: true })
  await writeFile(join(zones, 'Asia', 'Kolkata'), zoneFile(4 * 3_600))
  await writeFile(join(folder, 'sflink.yaml'), CONFIGURATION)
  vi.stubEnv('ZONEINFO', zones)
  temporal = await startTemporalServer({ own: true })
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await temporal.close()
})

const run = (...args: readonly string[]): Promise<Outcome> =>
  inProcess([...args, '--config', join(folder, 'sflink.yaml')], { environment: { TEMPORAL_ADDRESS: temporal.address } })

/** 00:30 at four hours east of Greenwich. */
const DIFFERENCE =
  /the time zone rules of Asia\/Kolkata differ: the Temporal server starts a run at \S+ 20:3\d UTC, which is \S+ 02:0\d by the rules of this Node\.js \(tzdata \w+\) and not a time of the schedule\. .* update the older of them/

test('names the time zone whose rules the server and Node.js do not share', async () => {
  const applied = await run('schedule', 'apply')
  expect(applied.code).toBe(0)
  expect(applied.stderr).toMatch(new RegExp(`^nightly: ${DIFFERENCE.source}.*\n$`))
  const planned = await run('schedule', 'plan')
  expect(planned.stdout).toMatch(DIFFERENCE)
  expect(planned.stdout.match(/differ/g)).toHaveLength(1)
  expect(planned.stderr).toBe('2 unchanged.\n')
  expect((await run('schedule', 'show', 'nightly')).stdout).toMatch(DIFFERENCE)
  expect((await run('schedule', 'show', 'same')).stdout).not.toContain('differ')
  expect((await run('doctor')).stdout).toMatch(/! +Schedules +nightly: the time zone rules/)
})

test('names the time zone that Node.js knows and the server does not', async () => {
  await writeFile(join(folder, 'sflink.yaml'), CONFIGURATION.replace('Asia/Tokyo', 'US/Pacific-New'))
  const { code, stderr } = await run('schedule', 'apply')
  expect(code).toBe(1)
  expect(stderr).toMatch(
    /^The Temporal server at \S+ does not know the time zone US\/Pacific-New of the schedule of same, and Node\.js does \(tzdata \w+\)\. Update tzdata of the server, or write another name of the zone\n$/,
  )
})

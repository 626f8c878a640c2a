// Source and run store in a bucket: the same results as from files.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../../packages/client/contract/operations.ts'
import { type BucketRig, startBucketRig } from '../../rig/bucketRig.ts'
import { type LoadRig, QUICK, type RigOrg, startLoadRig, withoutTimes } from '../../rig/loadRig.ts'
import { S3_START_MS } from '../../rig/s3.ts'

let local: LoadRig
let bucket: BucketRig
beforeAll(async () => {
  local = await startLoadRig()
  bucket = await startBucketRig()
}, S3_START_MS)
afterAll(async () => {
  await local.close()
  await bucket.close()
})

/** Every tenth is rejected by the preflight, every tenth by the org. */
const CONTACTS = `last,email\n${Array.from({ length: 3_000 }, (_, row) => {
  const wrong = row % 10
  return `${wrong === 3 ? '' : `"Last, ${row}"`},${wrong === 7 ? 'no address' : `c${row}@acme.com`}`
}).join('\n')}\n`

function specOf({ connection }: RigOrg, uri: string, engine: Engine) {
  return {
    connection,
    object: 'Contact',
    operation: 'create',
    source: { uri },
    fields: { LastName: 'last', Email: 'email' },
    identityFields: ['email'],
    resultColumns: ['row', 'errorcode'],
    engine,
    chunk: { bulkRecords: 800, collectionsRecords: 800 },
    resend: QUICK.resend,
  }
}

describe('a load from S3 to S3', () => {
  async function loaded(rig: LoadRig, uri: string, engine: Engine) {
    const org = await rig.openOrg()
    const { runId, tally } = await rig.load(specOf(org, uri, engine))
    const requests = bucket.proxy.requests.length
    const records = await org.records('Contact', 'LastName', 'Email')
    const files = await rig.runFiles(runId)
    return {
      requests,
      tally,
      records: records.map(record => String(record['LastName'])).toSorted(),
      names: [...files.keys()].map(name => name.replace(/^(executions\/)[^.]+|(?<=\.opened\/).*$/, '$1…')),
      results: withoutTimes(files.get('results.csv') ?? ''),
      rejected: files.get('rejected.csv'),
      source: files.get('source'),
    }
  }

  test.each(['bulk', 'collections'] as const)('through %s writes the same files as from file to file', async engine => {
    const here = await loaded(local, await local.source(CONTACTS), engine)
    const uri = await bucket.source(`${engine}.csv`, CONTACTS)
    const before = bucket.proxy.requests.length
    const there = await loaded(bucket.rig, uri, engine)
    expect(there.tally).toEqual({ created: 2_400, updated: 0, deleted: 0, unchanged: 0, failed: 600, inDoubt: 0 })
    expect({ ...there, requests: 0 }).toEqual({ ...here, requests: 0 })
    // Three chunks: about 31 requests for each and 55 for the run; two more for each collection request.
    expect(there.requests - before).toBeLessThan(155)
  })

  test('has results that the command line reads from the bucket', async () => {
    const uri = await bucket.source('few.csv', 'last,email\nNoether,emmy@acme.com\n')
    const org = await bucket.rig.openOrg()
    const { runId } = await bucket.rig.load(specOf(org, uri, 'collections'))
    const config = join(bucket.rig.folder, 'sflink.yaml')
    const auth = 'auth: { flow: access_token, accessToken: x }'
    await writeFile(
      config,
      `runStore: ${bucket.places.runStore}\nconnections:\n  acme:\n    instanceUrl: https://acme.my.salesforce.com\n    ${auth}\n`,
    )
    const sflink = join(import.meta.dirname, '../../../bin/sflink.mjs')
    const args = [sflink, 'sync', 'results', runId, '--csv', '--config', config]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    expect(stdout).toBe(await bucket.rig.text(runId, 'results.csv'))
    expect(stdout).toMatch(/^status,errormessage,timestamp,email,row,errorcode\r?\ntrue,,\S+,emmy@acme\.com,1,\r?\n$/)
  })
})

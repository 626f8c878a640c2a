// Files of a disk, of S3 and of a base64 column, loaded and undone by commands, with an answer that is lost.
import type { ChildProcess } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTemporalServer, type TemporalServer } from '../../../dev/processes/temporalServer.ts'
import { type Emulator, startEmulator } from '../../../packages/emulator/index.ts'
import { orgOf, type RigOrg } from '../../rig/rigOrg.ts'
import { S3_START_MS, startTestS3, type TestS3 } from '../../rig/s3.ts'
import { type Outcome, sflink } from '../../rig/sflink.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { startWorkerProcess, stopWorkerProcess } from '../../rig/workerProcess.ts'

const folder = temporaryFolder()
let temporal: TemporalServer
let emulator: Emulator
let org: RigOrg
let s3: TestS3
let worker: ChildProcess
let environment: Record<string, string>

const configuration = (bucket: string): string => `dataDirectories: [data, "s3://${bucket}/in"]
connections:
  org:
    loginUrl: \${ORG_URL}
    auth: { flow: client_credentials, clientId: emulator-client-id, clientSecret: \${ORG_SECRET} }
syncs:
  contracts:
    connection: org
    object: ContentVersion
    operation: create
    source: { uri: "file:data/contracts.csv" }
    fields:
      VersionData: { file: path }
      FirstPublishLocationId: { lookup: Account, by: Name, from: account }
    identityFields: [path]
  images:
    connection: org
    object: ContentVersion
    operation: create
    source: { uri: "file:data/images.csv" }
    fields: { VersionData: { base64: content }, PathOnClient: name, Title: name }
`

beforeAll(async () => {
  await mkdir(join(folder, 'data', 'deep'), { recursive: true })
  ;[temporal, emulator, s3] = await Promise.all([
    startTemporalServer({ own: true }),
    startEmulator({ seedRecords: false }),
    startTestS3(),
  ])
  org = orgOf('org', emulator)
  await writeFile(join(folder, 'sflink.yaml'), configuration(s3.bucket))
  environment = {
    ...s3.environment,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    TEMPORAL_ADDRESS: temporal.address,
    ORG_URL: emulator.url,
    ORG_SECRET: emulator.credentials.clientSecret,
  }
  worker = await startWorkerProcess({ cwd: folder, environment })
}, S3_START_MS)

afterAll(async () => {
  await stopWorkerProcess(worker)
  await Promise.all([emulator.close(), temporal.close(), s3.close()])
})

const run = (...args: readonly string[]): Promise<Outcome> => sflink(args, { cwd: folder, environment })

const versions = () => org.records('ContentVersion', 'Title', 'PathOnClient', 'ContentSize', 'Checksum')

test('files of a disk and of S3 are created once each, and undone', async () => {
  await org.create('Account', [{ Name: 'Acme' }])
  await writeFile(join(folder, 'data', 'contract.pdf'), 'the contract')
  await writeFile(join(folder, 'data', 'deep', 'Prüfung 2.txt'), Buffer.from([0, 13, 10, 45, 45, 255]))
  const object = { Bucket: s3.bucket, Key: 'in/photo.bin', Body: 'x'.repeat(300_000) }
  await s3.access()().send(new PutObjectCommand(object))
  const rows = ['contract.pdf', 'deep/Prüfung 2.txt', `s3://${s3.bucket}/in/photo.bin`, 'missing.pdf', '../sflink.yaml']
  const csv = ['path,account', ...rows.map(path => `${path},Acme`)].join('\n')
  await writeFile(join(folder, 'data', 'contracts.csv'), `${csv}\n`)
  emulator.faults.add({ match: { operation: 'create' }, fault: { type: 'cutAfter' }, times: 1 })

  const planned = await run('sync', 'plan', 'contracts')
  expect(planned.stdout).toContain('VersionData: contract.pdf (12 bytes)')
  expect(await versions()).toEqual([])

  const loaded = await run('sync', 'run', 'contracts')
  expect(loaded.stdout).toMatch(/Created +3\n.*Failed +2\n/s)
  expect(loaded.code).toBe(3)
  expect(loaded.stdout).toContain('FILE_NOT_FOUND')
  expect(loaded.stdout).toContain('FILE_NOT_ALLOWED')
  expect(await versions()).toMatchObject([
    { Title: 'contract', PathOnClient: 'contract.pdf', ContentSize: 12 },
    { Title: 'Prüfung 2', PathOnClient: 'Prüfung 2.txt', ContentSize: 6 },
    { Title: 'photo', PathOnClient: 'photo.bin', ContentSize: 300_000 },
  ])

  // A retry reads the files again: by the directory of the first source.
  await writeFile(join(folder, 'data', 'missing.pdf'), 'not missing')
  const retried = await run('sync', 'retry', 'contracts')
  expect(retried.stdout).toMatch(/Created +1\n.*Failed +1\n/s)
  const [, runId = ''] = /^Run (\S+)$/m.exec(loaded.stderr) ?? []
  const undone = await run('sync', 'undo', runId)
  expect(undone.code).toBe(0)
  expect(undone.stdout).toMatch(/Deleted +3\n/)
  expect(await org.records('ContentDocument', 'Title')).toEqual([{ Title: 'missing' }])
})

test('the content of a base64 column is decoded', async () => {
  const csv = 'name,content\nhello.txt,aGVsbG8=\nbad.txt,aGVs!\n'
  await writeFile(join(folder, 'data', 'images.csv'), csv)
  const loaded = await run('sync', 'run', 'images')
  expect(loaded.code).toBe(3)
  expect(await versions()).toMatchObject([
    { Title: 'missing' },
    { Title: 'hello.txt', ContentSize: 5, Checksum: '5d41402abc4b2a76b9719d911017c592' },
  ])
})

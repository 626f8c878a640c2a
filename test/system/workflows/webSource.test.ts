// A source on a web server, with a presigned URL.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventTexts } from '../../rig/eventTexts.ts'
import { type LoadRig, startLoadRig, workerLog } from '../../rig/loadRig.ts'
import { type ExportServer, SIGNATURE, startExportServer } from '../../unit/sources/exportServer.ts'

let server: ExportServer
let rig: LoadRig
beforeAll(async () => {
  server = await startExportServer()
  rig = await startLoadRig({ places: { dataDirectories: [`${server.url}/exports/`] } })
})
afterAll(async () => {
  await rig.close()
  await server.close()
})

async function load(name: string) {
  const { connection } = await rig.openOrg()
  const fields = { LastName: 'a', FirstName: 'b' }
  const source = { uri: `${server.url}/exports/${name}?${SIGNATURE}` }
  const spec = { connection, object: 'Contact', operation: 'create', source, fields, identityFields: ['a'] }
  return await rig.start(spec)
}

test("is loaded; its signature is only in the caller's input", async () => {
  const { runId, handle, report } = await load('x.csv')
  const { tally } = await report()
  expect(tally).toMatchObject({ created: 1, failed: 0 })
  const files = await rig.runFiles(runId)
  const holders = [...files].filter(([, content]) => content.includes(SIGNATURE)).map(([path]) => path)
  expect(holders.toSorted()).toEqual(['plan.json', 'spec.json'])
  const holding = (await eventTexts(handle)).filter(text => text.includes(SIGNATURE))
  // The input of the workflow, and of the one activity that parses the spec.
  expect(holding.map(text => /"name":"(\w+)"/.exec(text)?.[1])).toEqual(['syncRecords', 'prepareRun'])
  expect(workerLog.join('\n')).not.toContain(SIGNATURE)
})

test('that is rejected fails the run in one line, and nothing is sent', async () => {
  const { handle, report } = await load('status-403')
  await expect(report()).rejects.toThrow()
  const failure = await handle.result().catch((error: { cause?: Error }) => error.cause?.message)
  expect(failure).toMatch(
    /The source http:\/\/127\.0\.0\.1:\d+\/exports\/status-403\?… can't be opened: its server denies access \(403\)\./,
  )
  expect(workerLog.join('\n')).not.toContain(SIGNATURE)
})

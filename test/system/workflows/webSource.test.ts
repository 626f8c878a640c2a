// A source on a web server, with a presigned URL.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventTexts } from '../../rig/eventTexts.ts'
import type { Listening } from '../../rig/listening.ts'
import { type LoadRig, startLoadRig, workerLog } from '../../rig/loadRig.ts'
import { SIGNATURE, startExportServer } from '../../unit/sources/exportServer.ts'

let server: Listening
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

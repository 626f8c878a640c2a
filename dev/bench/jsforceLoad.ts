// A load with jsforce alone: uploads the files unchanged, and loadAndWaitForResults reads the results of the records.
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { Connection } from 'jsforce'
import { EXTERNAL_ID_FIELD, OBJECT, type Operation } from './contacts.ts'
import { IDS_QUERY, joinIds, keyOf } from './joinIds.ts'
import { API_VERSION } from './org.ts'

const JSFORCE_OPERATIONS = { create: 'insert', update: 'update', upsert: 'upsert' } as const
const POLLING = { pollInterval: 500, pollTimeout: 30 * 60_000 }

/** Rows in one page of a query job. `bulk2.query` of jsforce 3.10.26 mixes the bytes of several pages and then fails to parse them. */
const PAGE_ROWS = 250_000

const [, , instanceUrl = '', accessToken = '', given, records, folder, ...files] = process.argv
if (folder === undefined) throw new Error('usage: jsforceLoad.ts URL TOKEN OPERATION RECORDS FOLDER FILE…')
const operation = given as Operation

const connection = new Connection({ instanceUrl, accessToken, version: API_VERSION })
const started = performance.now()
const before = process.cpuUsage()
const ready = operation === 'update' ? await withIds(folder) : files
let results = 0
for (const file of ready) {
  const { successfulResults } = await connection.bulk2.loadAndWaitForResults({
    ...{ object: OBJECT, operation: JSFORCE_OPERATIONS[operation], input: createReadStream(file), ...POLLING },
    ...(operation === 'upsert' && { externalIdFieldName: EXTERNAL_ID_FIELD }),
  })
  results += successfulResults.length
}
const { user, system } = process.cpuUsage(before)
console.log(
  JSON.stringify({
    results,
    wall: (performance.now() - started) / 1000,
    cpu: (user + system) / 1e6,
    peak: process.resourceUsage().maxRSS / 1024,
  }),
)

/** The files with Ids in place of the keys. */
async function withIds(folder: string): Promise<readonly string[]> {
  const ids = new Map<string, string>()
  const found = Number(records) > PAGE_ROWS ? queried() : await connection.bulk2.query(IDS_QUERY, POLLING)
  for await (const { Id, Email } of found) ids.set(keyOf(Email), Id)
  const joined = files.map((_, index) => join(folder, `joined-${index}.csv`))
  for (const [index, file] of files.entries()) await joinIds(file, joined[index] as string, ids)
  return joined
}

/** The records by REST: pages of 2,000. */
async function* queried(): AsyncGenerator<{ Id: string; Email: string }> {
  let page = await connection.query<{ Id: string; Email: string }>(IDS_QUERY)
  for (;;) {
    yield* page.records
    if (page.done || page.nextRecordsUrl === undefined) return
    page = await connection.queryMore(page.nextRecordsUrl)
  }
}

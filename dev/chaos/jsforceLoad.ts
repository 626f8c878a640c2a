// A load as a script with jsforce makes it: uploads the file, waits for the results, writes them to a file.
import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { Connection } from 'jsforce'
import { logIn } from './org.ts'

const [, , url, clientId, clientSecret, path, target] = process.argv
if (!url || !clientId || !clientSecret || !path || !target) {
  throw new Error('usage: jsforceLoad.ts URL CLIENT_ID CLIENT_SECRET FILE RESULTS')
}
const accessToken = await logIn({ url, clientId, clientSecret })
const connection = new Connection({ instanceUrl: url, accessToken, version: '67.0' })
const results = await connection.bulk2.loadAndWaitForResults({
  ...{ object: 'Contact', operation: 'insert', input: createReadStream(path) },
  ...{ pollInterval: 300, pollTimeout: 60_000 },
})
await writeFile(target, JSON.stringify(results))

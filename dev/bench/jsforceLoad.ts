// A load with jsforce alone: uploads the file unchanged, and loadAndWaitForResults reads the results of the records.
import { createReadStream } from 'node:fs'
import { Connection } from 'jsforce'

const [, , instanceUrl, accessToken, version, object, path] = process.argv
if (path === undefined || instanceUrl === undefined || accessToken === undefined || version === undefined) {
  throw new Error('usage: jsforceLoad.ts INSTANCE_URL ACCESS_TOKEN VERSION OBJECT FILE')
}
const connection = new Connection({ instanceUrl, accessToken, version })
const started = performance.now()
const before = process.cpuUsage()
const results = await connection.bulk2.loadAndWaitForResults({
  object: object as string,
  operation: 'insert',
  input: createReadStream(path),
  pollInterval: 500,
  pollTimeout: 30 * 60_000,
})
const { user, system } = process.cpuUsage(before)
console.log(
  JSON.stringify({
    created: results.successfulResults.length,
    wall: (performance.now() - started) / 1000,
    cpu: (user + system) / 1e6,
    peak: process.resourceUsage().maxRSS / 1024,
  }),
)

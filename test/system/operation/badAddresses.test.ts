// The messages when metrics or traces do not work; and a worker without traces does not load their libraries.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { DefaultLogger } from '@temporalio/worker'
import { beforeAll, test, vi } from 'vitest'
import { startTracing } from '../../../workers/telemetry/tracing.ts'
import { listening } from '../../rig/listening.ts'
import { sflink } from '../../rig/sflink.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()
beforeAll(async () => {
  const auth = '{ flow: access_token, accessToken: a }'
  const connections = `connections:\n  org: { instanceUrl: "http://127.0.0.1:1", auth: ${auth} }\n`
  await writeFile(join(folder, 'sflink.yaml'), connections)
})

test.concurrent('an occupied or invalid address for metrics is reported in one line', async ({ expect }) => {
  const taken = await listening(createServer())
  const address = `127.0.0.1:${taken.port}`
  const given = [address, 'localhost:9464', 'nine']
  const outcomes = await Promise.all(given.map(each => sflink(['worker', '--metrics', each], { cwd: folder })))
  await taken.close()
  expect(outcomes.map(({ code, stderr }) => [code, stderr])).toEqual([
    [
      2,
      expect.stringMatching(
        /^The metrics cannot be served on 127\.0\.0\.1:\d+: Address already in use \(os error \d+\)\. Give another address by --metrics[^\n]*\n$/,
      ),
    ],
    [
      2,
      expect.stringMatching(
        /^The metrics cannot be served on localhost:9464: invalid socket address syntax\. Give another address by --metrics[^\n]*\n$/,
      ),
    ],
    [
      2,
      expect.stringContaining("--metrics is 'nine'; give an address and port such as 127.0.0.1:9464, or a port alone"),
    ],
  ])
})

test.concurrent('a worker without tracing does not load OpenTelemetry', async ({ expect }) => {
  const worker = fileURLToPath(new URL('../../../workers/runWorker.ts', import.meta.url))
  const code = `await import(${JSON.stringify(worker)})
    const { createRequire } = await import('node:module')
    const loaded = Object.keys(createRequire(${JSON.stringify(worker)}).cache)
    console.log(JSON.stringify([loaded.length > 50, loaded.filter(file => file.includes('@opentelemetry/sdk') || file.includes('interceptors-opentelemetry'))]))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code])
  expect(JSON.parse(stdout)).toEqual([true, []])
})

test.concurrent('traces without a collector stop nothing, and are reported once', async ({ expect }) => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:1')
  const lines: string[] = []
  const tracing = startTracing(
    new DefaultLogger('INFO', ({ level, message, meta }) => lines.push(`${level} ${message} ${meta?.['reason']}`)),
  )
  const request = {
    connection: 'org',
    method: 'GET',
    server: 'https://acme.my.salesforce.com',
    route: '/services/data',
  }
  tracing.traffic.onRequest(request)({ failure: 'unsent', code: 'ECONNREFUSED' })
  await tracing.stop()
  vi.unstubAllEnvs()
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^WARN Traces cannot be delivered; check OTEL_EXPORTER_OTLP_ENDPOINT .*ECONNREFUSED/)
})

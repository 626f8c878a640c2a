// Run by temporalCommand.ts as `node downloadProcess.ts VERSION FOLDER`: the SDK downloads the command when it starts a server.
import { createRequire } from 'node:module'
import { Runtime } from '@temporalio/worker'

const [version, downloadDir] = process.argv.slice(2)
if (version === undefined || downloadDir === undefined) throw new Error('Give a version and a folder.')

const { version: sdkVersion } = createRequire(import.meta.url)('@temporalio/worker/package.json')
const source = {
  type: 'cached-download',
  version: `v${version}`,
  downloadDir,
  ttl: 0,
  sdkName: 'sdk-typescript',
} as const
const runtime = Runtime.instance()
const server = await runtime.createEphemeralServer({
  ...{ type: 'dev-server', exe: { ...source, sdkVersion }, namespace: 'default', ip: '127.0.0.1' },
  ...{
    port: null,
    ui: false,
    uiPort: null,
    dbFilename: null,
    log: { format: 'pretty', level: 'error' },
    extraArgs: [],
  },
})
await runtime.shutdownEphemeralServer(server)

// Run by temporalExecutable.ts as `node temporalDownloadProcess.ts VERSION FOLDER`: the SDK downloads the CLI when it starts a server.
import { TestWorkflowEnvironment } from '@temporalio/testing'

const [version, downloadDir] = process.argv.slice(2)
if (version === undefined || downloadDir === undefined) throw new Error('Give a version and a folder.')

const environment = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'cached-download', version: `v${version}`, downloadDir } },
})
await environment.teardown()

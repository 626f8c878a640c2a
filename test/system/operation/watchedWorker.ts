// A worker as an operator runs it: a separate process with a configuration, metrics, traces and a log.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { freePort } from '../../../dev/processes/freePort.ts'
import { startTemporalServer } from '../../../dev/processes/temporalServer.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import type { SyncRecordsInput } from '../../../packages/client/contract/syncRecords.ts'
import { type Emulator, startEmulator } from '../../../packages/emulator/index.ts'
import { command } from '../../rig/sflink.ts'

export type WatchedWorker = {
  readonly org: Emulator
  /** The parsed log of the worker. */
  readonly log: readonly Readonly<Record<string, unknown>>[]
  /** Writes a source into the data directory. */
  source(name: string, content: string): Promise<void>
  /** Runs a load to its end. Rejects when it fails. */
  load(label: string, input: SyncRecordsInput): Promise<RunReport>
  scrape(): Promise<string>
  close(): Promise<void>
}

export type WatchedWorkerOptions = {
  /** The syncs as YAML below `syncs:`. */
  readonly syncs: string
  readonly environment?: Readonly<Record<string, string>>
}

export async function startWatchedWorker({ syncs, environment = {} }: WatchedWorkerOptions): Promise<WatchedWorker> {
  const folder = await mkdtemp(join(tmpdir(), 'sflink-watched-'))
  const [temporal, org, port] = await Promise.all([
    startTemporalServer({ own: true }),
    startEmulator({ seedRecords: false }),
    freePort(),
  ])
  const { clientId, clientSecret } = org.credentials
  const auth = `{ flow: client_credentials, clientId: ${clientId}, clientSecret: ${clientSecret} }`
  const connections = `connections:\n  production: { loginUrl: "${org.url}", auth: ${auth} }\n`
  await mkdir(join(folder, 'data'))
  await writeFile(join(folder, 'sflink.yaml'), `${connections}syncs:\n${syncs}`)
  const { PATH = '', HOME = '' } = process.env
  const worker = spawn(process.execPath, [command, 'worker', '--metrics', `127.0.0.1:${port}`], {
    cwd: folder,
    env: { PATH, HOME, TEMPORAL_ADDRESS: temporal.address, ...environment },
  })
  const log: Record<string, unknown>[] = []
  const started = Promise.withResolvers<void>()
  let rest = ''
  worker.stderr.on('data', data => {
    const lines = (rest + data).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) log.push(parsed(line))
    if (log.some(({ msg }) => msg === 'Worker started')) started.resolve()
  })
  worker.on('close', () => started.reject(new Error(`The worker ended: ${JSON.stringify(log)}`)))
  await started.promise
  const connection = await Connection.connect({ address: temporal.address })
  const client = new Client({ connection })
  return {
    org,
    log,
    source: (name, content) => writeFile(join(folder, 'data', name), content),
    load: (label, input) =>
      client.workflow.execute('syncRecords', {
        taskQueue: 'salesforce-link',
        workflowId: `sync/${input.sync}/${label}`,
        args: [input],
      }),
    scrape: async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
    close: async () => {
      worker.kill('SIGTERM')
      if (worker.exitCode === null) await once(worker, 'close')
      await connection.close()
      await Promise.all([org.close(), temporal.close()])
      await rm(folder, { recursive: true })
    },
  }
}

/** Other output on standard error is kept unparsed. */
function parsed(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return { line }
  }
}

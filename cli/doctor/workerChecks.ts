// What a worker reports: about itself, the clocks, each connection and each sync.
import { randomUUID } from 'node:crypto'
import type { ConnectionTest } from '../../packages/client/contract/inspection.ts'
import type { SyncCheck, WorkerCheck } from '../../packages/client/contract/maintenance.ts'
import { TASK_QUEUE } from '../../packages/client/contract/names.ts'
import { failureOf } from '../../packages/client/failure.ts'
import { count } from '../../workflows/page/markdown.ts'
import type { SharedOptions } from '../optionValues.ts'
import { ask, type TemporalAccess } from '../temporal.ts'
import { type Finding, warning, well, wrong } from './finding.ts'

/** Milliseconds by which clocks may differ: a login by JWT is good for three minutes. */
const SOME_SKEW = 30_000
const MUCH_SKEW = 150_000

/** Share of the org's daily API calls below which a large load may not complete. */
const FEW_CALLS = 0.1

export type CheckedWorker = {
  readonly worker: WorkerCheck
  /** Milliseconds that this machine and the worker are off Temporal's clock, as far as known. */
  readonly skew: { readonly here: number; readonly worker: number }
}

/** Throws the failure of the question. */
export async function askWorker({ client }: TemporalAccess): Promise<CheckedWorker> {
  const workflowId = `checkWorker-doctor-${randomUUID().slice(0, 8)}`
  const before = Date.now()
  const handle = await client.workflow.start('checkWorker', {
    taskQueue: TASK_QUEUE,
    workflowId,
    workflowExecutionTimeout: '1 minute',
  })
  const after = Date.now()
  const worker = await (handle.result() as Promise<WorkerCheck>).catch((error: unknown) => {
    throw failureOf(error, { workflowId, subject: 'The question checkWorker', remedy: '' })
  })
  const { startTime, closeTime = startTime } = await handle.describe()
  const here = -outside(startTime.getTime(), before, after)
  return { worker, skew: { here, worker: outside(worker.now, startTime.getTime(), closeTime.getTime()) } }
}

/** How far a time is before (negative) or after a span of time. */
export function outside(time: number, from: number, to: number): number {
  return Math.min(0, time - from) + Math.max(0, time - to)
}

export function checkClocks({ skew }: Pick<CheckedWorker, 'skew'>): Finding {
  const apart = Math.max(Math.abs(skew.here), Math.abs(skew.worker))
  const facts = `this machine is ${ahead(skew.here)} Temporal's clock, the worker ${ahead(skew.worker)} it`
  if (apart < SOME_SKEW) return well('Clocks', 'this machine, the worker and Temporal agree')
  return (apart < MUCH_SKEW ? warning : wrong)('Clocks', `${facts}; set them by NTP`)
}

function ahead(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000)
  return `${count(Math.abs(seconds))} s ${seconds < 0 ? 'behind' : 'ahead of'}`
}

export function checkWorkerConfiguration({ configuration }: Pick<WorkerCheck, 'configuration'>): Finding {
  const check = 'Worker configuration'
  const { file, readAt, problem, restartFor } = configuration
  const read = `${file}, read ${new Date(readAt).toISOString().slice(0, 19).replace('T', ' ')} UTC`
  if (problem !== undefined) {
    return wrong(check, `${read}; its changes are not used: ${problem.split('\n').join('; ')}`)
  }
  if (restartFor.length === 0) return well(check, read)
  return warning(check, `${read}; restart the worker: changes of ${restartFor.join(', ')} take effect then`)
}

/** The databases of the worker: this machine may lack their secrets. */
export function checkDatabases({ databases = [] }: Pick<WorkerCheck, 'databases'>): readonly Finding[] {
  return databases.map(({ name, server, error }) => {
    const check = `Database ${name}`
    return error === undefined ? well(check, `${server}`) : wrong(check, error)
  })
}

/** Rejects with the message of the failure. */
export async function checkConnection(connection: string, options: SharedOptions): Promise<Finding> {
  const check = `Connection ${connection}`
  const test = await ask<ConnectionTest>({ type: 'testConnection', input: { connection }, about: connection }, options)
  const { organization, user, apiVersion, apiCalls, clockOffset, warnings } = test
  const calls = apiCalls && `${count(apiCalls.left)} of ${count(apiCalls.limit)} API calls left`
  const facts = [
    `${organization.name} as ${user.username}`,
    `API ${apiVersion}`,
    ...(calls === undefined ? [] : [calls]),
  ]
  if (Math.abs(clockOffset) >= MUCH_SKEW) {
    return wrong(check, `the org's clock is ${ahead(clockOffset)} the worker's; set the worker's by NTP`)
  }
  if (apiCalls !== undefined && apiCalls.left < apiCalls.limit * FEW_CALLS) {
    return warning(
      check,
      `${facts.join(', ')}; wait until calls of the last 24 hours expire, or reduce the calls of other programs`,
    )
  }
  return warnings.length === 0 ? well(check, facts.join(', ')) : warning(check, warnings.join('; '))
}

/** Rejects with the message of the failure. */
export async function checkSync(sync: string, options: SharedOptions): Promise<Finding> {
  const check = `Sync ${sync}`
  const answer = await ask<SyncCheck>({ type: 'checkSync', input: { sync }, about: sync }, options)
  const { connection, object, operations, fields, warnings } = answer
  const may = `may ${operations.join(', ')} ${object} in ${connection}, ${count(fields)} fields mapped`
  return warnings.length === 0 ? well(check, may) : warning(check, warnings.join('; '))
}

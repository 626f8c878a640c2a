// An emulated org in a process of its own: the records before a load, and the check after it.
import { openAsBlob } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Processes } from '../processes/processes.ts'
import { emailOf, LOADED_TITLE, lastNameOf, OBJECT } from './contacts.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const API_VERSION = '67.0'

/** Five million contacts need more than the default heap. */
const ORG_HEAP = '--max-old-space-size=8192'

export type OrgSpeed = 'full' | 'salesforce'

export type BenchOrg = {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  readonly accessToken: string
  /** API calls so far. */
  apiCalls(): Promise<number>
  /** Creates the contacts of the files. */
  fill(files: readonly string[]): Promise<void>
  /** Throws Error unless the org has exactly the records of the load, with the values of the source. */
  check(records: number): Promise<void>
  stop(): Promise<void>
}

/** Starts an org without records. Throws ProcessEndedError. */
export async function startOrg(processes: Processes, log: string, speed: OrgSpeed): Promise<BenchOrg> {
  const emulator = await processes.start({
    ...{ name: 'The emulated org', folder: ROOT, log, ready: /(\{.*\})\n/ },
    args: [ORG_HEAP, 'packages/emulator/bin/salesforce-emulator.mjs', '--no-records', '--speed', speed],
  })
  const credentials = JSON.parse(emulator.readyMatch[1] ?? '') as Omit<BenchOrg, 'apiCalls' | 'fill' | 'check' | 'stop'>
  const call = callsTo(credentials)
  return {
    ...credentials,
    apiCalls: async () => ((await call('GET', '/emulator/stats')) as { apiCalls: number }).apiCalls,
    fill: async files => {
      for (const file of files) await createContacts(call, file)
    },
    check: records => checkContacts(call, records),
    stop: emulator.stop,
  }
}

type Call = (method: string, path: string, body?: Blob | object) => Promise<unknown>

function callsTo({ url, accessToken }: Pick<BenchOrg, 'url' | 'accessToken'>): Call {
  return async (method, path, body) => {
    const isData = body instanceof Blob
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${accessToken}`,
        'content-type': isData ? 'text/csv' : 'application/json',
      },
      ...(body !== undefined && { body: isData ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`The org answered ${response.status} to ${method} ${path}: ${text.slice(0, 200)}`)
    return text === '' ? undefined : JSON.parse(text)
  }
}

const JOBS = `/services/data/v${API_VERSION}/jobs/ingest`

async function createContacts(call: Call, file: string): Promise<void> {
  const { id } = (await call('POST', JOBS, { object: OBJECT, operation: 'insert' })) as { id: string }
  await call('PUT', `${JOBS}/${id}/batches`, await openAsBlob(file))
  await call('PATCH', `${JOBS}/${id}`, { state: 'UploadComplete' })
  for (;;) {
    const job = (await call('GET', `${JOBS}/${id}`)) as { state: string; numberRecordsFailed: number }
    if (job.state === 'JobComplete' && job.numberRecordsFailed === 0) return
    if (job.state !== 'UploadComplete' && job.state !== 'InProgress') {
      throw new Error(`The job that fills the org is ${job.state}, ${job.numberRecordsFailed} records failed`)
    }
    await sleep(50)
  }
}

async function checkContacts(call: Call, records: number): Promise<void> {
  const { count } = (await call('GET', `/emulator/records/${OBJECT}?count=true`)) as { count: number }
  const query = async (soql: string) =>
    (await call('GET', `/services/data/v${API_VERSION}/query?q=${encodeURIComponent(soql)}`)) as {
      totalSize: number
      records: readonly { LastName: string }[]
    }
  const { totalSize: loaded } = await query(`SELECT COUNT() FROM ${OBJECT} WHERE Title = '${LOADED_TITLE}'`)
  if (count !== records || loaded !== records) {
    throw new Error(`${records} records were loaded; the org has ${count}, and ${loaded} with the values of the source`)
  }
  for (const index of new Set([0, Math.floor(records / 2), records - 1])) {
    const { records: found } = await query(`SELECT LastName FROM ${OBJECT} WHERE Email = '${emailOf(index)}'`)
    if (found.length !== 1 || found[0]?.LastName !== lastNameOf(index)) {
      throw new Error(`The org has ${JSON.stringify(found)} for ${emailOf(index)}, not ${lastNameOf(index)}`)
    }
  }
}

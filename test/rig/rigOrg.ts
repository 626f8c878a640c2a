import { setTimeout as sleep } from 'node:timers/promises'
import type { Emulator } from '../../packages/emulator/index.ts'

/** An emulated org and the name of the connection to it. */
export type RigOrg = {
  readonly connection: string
  readonly emulator: Emulator
  /** Inserts records into the org. Returns their Ids. */
  create(object: string, records: readonly Readonly<Record<string, unknown>>[]): Promise<readonly string[]>
  /** Aborts all of its ingest jobs, as an administrator can. */
  abortJobs(): Promise<void>
  /** Deletes all of its ingest jobs, as an org does after seven days. */
  deleteJobs(): Promise<void>
  /** All live records with these fields, oldest first. */
  records(object: string, ...fields: readonly string[]): Promise<readonly Record<string, unknown>[]>
  /** Waits until the figures of the org fit. */
  reaches(fits: (stats: ReturnType<Emulator['stats']>) => boolean): Promise<void>
  /** Waits until requests have met the latest fault so many times. @default 1 */
  meetsFault(times?: number): Promise<void>
}

/** Waits until the value that is read fits; concurrent tests cannot use `expect.poll`. Throws after a minute. */
export async function until<T>(read: () => T | Promise<T>, fits: (value: T) => boolean): Promise<T> {
  const end = Date.now() + 60_000
  for (;;) {
    const value = await read()
    if (fits(value)) return value
    if (Date.now() > end) throw new Error(`Timed out; the last value was ${JSON.stringify(value)}`)
    await sleep(20)
  }
}

export const orgOf = (connection: string, emulator: Emulator): RigOrg => ({
  connection,
  emulator,
  create: creatorIn(emulator),
  abortJobs: () => eachJob(emulator, { method: 'PATCH', body: JSON.stringify({ state: 'Aborted' }) }),
  deleteJobs: () => eachJob(emulator, { method: 'DELETE' }),
  records: recordsOf(emulator),
  reaches: async fits => void (await until(() => emulator.stats(), fits)),
  meetsFault: async (times = 1) => {
    await until(
      () => emulator.faults.list(),
      faults => faults.at(-1)?.hits === times,
    )
  },
})

async function eachJob({ url, credentials }: Emulator, request: RequestInit): Promise<void> {
  const jobs = `${url}/services/data/v60.0/jobs/ingest`
  const headers = { authorization: `Bearer ${credentials.accessToken}`, 'content-type': 'application/json' }
  const { records } = (await (await fetch(jobs, { headers })).json()) as { readonly records: { readonly id: string }[] }
  await Promise.all(records.map(({ id }) => fetch(`${jobs}/${id}`, { ...request, headers })))
}

const creatorIn =
  ({ url, credentials }: Emulator): RigOrg['create'] =>
  async (object, records) => {
    const answer = await fetch(`${url}/services/data/v60.0/composite/sobjects`, {
      method: 'POST',
      headers: { authorization: `Bearer ${credentials.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ records: records.map(record => ({ attributes: { type: object }, ...record })) }),
    })
    const results = (await answer.json()) as { readonly id?: string }[]
    return results.map(({ id }) => {
      if (id === undefined) throw new Error(`The org rejected the records: ${JSON.stringify(results)}`)
      return id
    })
  }

const recordsOf =
  ({ url }: Emulator): RigOrg['records'] =>
  async (object, ...fields) => {
    const answer = await fetch(`${url}/emulator/records/${object}?fields=${fields.join(',')}`)
    const lines = (await answer.text()).split('\n').filter(line => line !== '')
    return lines.map(line => JSON.parse(line) as Record<string, unknown>)
  }

import { setTimeout } from 'node:timers/promises'
import { type Emulator, type EmulatorOptions, startEmulator } from '../index.ts'

const VERSION = '67.0'

/** An answer, its body parsed when it is JSON. */
type ApiAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
  readonly text: string
}

export type ApiClient = ReturnType<typeof apiClient>

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Calls the API of an emulator with plain HTTP requests. */
export function apiClient(emulator: Emulator, token = emulator.credentials.accessToken) {
  const root = `${emulator.url}/services/data/v${VERSION}`
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const isText = typeof body === 'string'
    const response = await fetch(path.startsWith('/services') ? emulator.url + path : root + path, {
      method,
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': isText ? 'text/csv' : 'application/json',
        ...headers,
      },
      ...(body !== undefined && { body: isText || Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: parsed(text), text } satisfies ApiAnswer
  }
  return {
    emulator,
    send,
    get: (path: string, headers?: Record<string, string>) => send('GET', path, undefined, headers),
    post: (path: string, body: unknown, headers?: Record<string, string>) => send('POST', path, body, headers),
    patch: (path: string, body: unknown, headers?: Record<string, string>) => send('PATCH', path, body, headers),
    put: (path: string, body: string) => send('PUT', path, body),
    delete: (path: string) => send('DELETE', path),
    query: async (soql: string): Promise<readonly Record<string, unknown>[]> => {
      const { body } = await send('GET', `/query?q=${encodeURIComponent(soql)}`)
      return (body as { records: readonly Record<string, unknown>[] }).records
    },
  }
}

/** An emulator with an API client, without the default records. */
export async function startEmptyOrg(options: EmulatorOptions = {}): Promise<ApiClient> {
  return apiClient(await startEmulator({ seedRecords: false, ...options }))
}

type Job = { readonly id: string; readonly state: string; readonly [key: string]: unknown }

/** Opens a job, uploads, closes, and waits for its end. */
export async function runIngestJob(api: ApiClient, request: Record<string, unknown>, csv: string): Promise<Job> {
  const { id } = (await api.post('/jobs/ingest', request)).body as Job
  await api.put(`/jobs/ingest/${id}/batches`, csv)
  await api.patch(`/jobs/ingest/${id}`, { state: 'UploadComplete' })
  return waitForJob(api, `/jobs/ingest/${id}`)
}

const ENDED = ['JobComplete', 'Failed', 'Aborted']

export async function waitForJob(api: ApiClient, path: string): Promise<Job> {
  for (;;) {
    const job = (await api.get(path)).body as Job
    if (ENDED.includes(job.state)) return job
    await setTimeout(10)
  }
}

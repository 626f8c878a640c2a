// Health endpoints for Kubernetes, a container engine or a load balancer.
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { EnvironmentError } from '../config/problems.ts'
import type { RunningWorker } from './worker.ts'
import type { ListenAddress } from './workerOptions.ts'

/** Milliseconds for Temporal to answer: less than the usual timeout of a probe. */
const TEMPORAL_DEADLINE = 800

type HealthServer = { readonly url: string; close(): void }

/** @param facts about the worker, part of every answer */
type HealthOptions = {
  readonly listen: ListenAddress
  /** The worker, once it has started. */
  readonly worker: () => RunningWorker | undefined
  readonly facts: Readonly<Record<string, unknown>>
}

/**
 * Serves `/healthz` (200 while the process works) and `/readyz` (200 while the worker polls and Temporal answers, else 503
 * with the reason). Throws EnvironmentError when the address can't be listened on.
 */
export async function startHealthServer({ listen, worker, facts }: HealthOptions): Promise<HealthServer> {
  const server = createServer(async (request, response) => {
    const path = request.url?.split('?')[0]
    if (path === '/healthz') return answer(response, healthOf(worker()), facts)
    if (path === '/readyz') return answer(response, await readinessOf(worker()), facts)
    return answer(response, { code: 404, status: 'there are /healthz and /readyz' }, {})
  })
  server.listen(listen.port, listen.host)
  await once(server, 'listening').catch((error: Error) => {
    throw new EnvironmentError(
      `The health endpoint cannot listen on ${listen.host}:${listen.port}: ${error.message}. Give another address by --health`,
    )
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${port}`,
    close: () => server.close(),
  }
}

type Health = { readonly code: 200 | 404 | 503; readonly status: string }

function healthOf(worker: RunningWorker | undefined): Health {
  const failed = worker?.status().runState === 'FAILED'
  return failed ? { code: 503, status: 'failed' } : { code: 200, status: 'alive' }
}

async function readinessOf(worker: RunningWorker | undefined): Promise<Health> {
  if (worker === undefined) return { code: 503, status: 'starting' }
  const { runState } = worker.status()
  if (runState !== 'RUNNING') return { code: 503, status: runState.toLowerCase() }
  try {
    await worker.reachTemporal(TEMPORAL_DEADLINE)
    return { code: 200, status: 'ready' }
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    return { code: 503, status: `Temporal does not answer: ${reason}` }
  }
}

function answer(response: ServerResponse, { code, status }: Health, facts: object): void {
  response.writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify({ status, ...facts })}\n`)
}

// Runs with each outcome, and a run that waits. Each function returns the id of the workflow.
import { expect, vi } from 'vitest'
import type { Scene } from './scene.ts'

const PATIENCE = { timeout: 20_000, interval: 50 }

/** A run with rejected records. */
export async function rejectedRun({ start, client }: Scene): Promise<string> {
  const run = await start('nightly-contacts')
  await client.workflow.getHandle(run).result()
  return run
}

export async function failedRun({ start, client }: Scene): Promise<string> {
  const run = await start('leads')
  await expect(client.workflow.getHandle(run).result()).rejects.toThrow()
  return run
}

/** A run that was cancelled while its second chunk was in progress. */
export async function cancelledRun({ start, client, org }: Scene): Promise<string> {
  org.faults.add({ match: { method: 'JOB' }, after: 1, fault: { type: 'stall' } })
  const run = await start('nightly-contacts', '--source', 'file:data/late.csv', '--set', 'concurrency=1')
  const handle = client.workflow.getHandle(run)
  await vi.waitFor(() => expect(org.stats().jobs).toMatchObject({ InProgress: 1 }), PATIENCE)
  await handle.cancel()
  await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } })
  org.faults.clear()
  return run
}

/** A run that waits for Salesforce, for its limit, and for record locks. */
export async function waitingRun({ start, client, org }: Scene): Promise<string> {
  org.faults.add({ match: { operation: 'ingestCreate' }, after: 2, fault: { type: 'limitReached' } })
  org.faults.add({ match: { method: 'JOB' }, times: 1, fault: { type: 'stall' } })
  org.faults.add({ match: { method: 'JOB' }, fault: { type: 'lockRows', share: 0.3 } })
  const run = await start('nightly-contacts', '--source', 'file:data/later.csv', '--set', 'resend.delay=1h')
  const handle = client.workflow.getHandle(run)
  await vi.waitFor(async () => {
    const { raw } = await handle.describe()
    const reasons = (raw.pendingActivities ?? []).map(({ lastFailure }) => lastFailure?.applicationFailureInfo?.type)
    expect(reasons.toSorted()).toEqual(['JobNotEnded', 'LimitReachedError'])
    const { events } = await handle.fetchHistory()
    expect(events?.some(({ timerStartedEventAttributes }) => timerStartedEventAttributes)).toBe(true)
  }, PATIENCE)
  return run
}

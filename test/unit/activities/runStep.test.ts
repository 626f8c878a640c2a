import { MockActivityEnvironment } from '@temporalio/testing'
import { expect, test, vi } from 'vitest'
import { runStep } from '../../../activities/runStep.ts'
import type { Step } from '../../../loader/step.ts'

/** The activity of a step, with the heartbeats that Temporal gets from it. */
function activity(info: ConstructorParameters<typeof MockActivityEnvironment>[0] = {}) {
  const environment = new MockActivityEnvironment(info)
  const heartbeats: unknown[] = []
  environment.on('heartbeat', details => heartbeats.push(details))
  const run = <T>(work: (step: Step) => Promise<T>): Promise<T> => environment.run(() => runStep(work))
  return { environment, heartbeats, run }
}

test('a step gets its attempt, and what the attempt before has reported last', async () => {
  const { run } = activity({ attempt: 3, heartbeatDetails: { reading: true } })
  const step = await run(async ({ attempt, lastHeartbeat }) => ({ attempt, lastHeartbeat }))
  expect(step).toEqual({ attempt: 3, lastHeartbeat: { reading: true } })
})

test('a step that reports nothing new repeats its last heartbeat, until it ends', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { run, heartbeats } = activity()
  await run(async step => {
    step.heartbeat({ chunk: 7 })
    await vi.advanceTimersByTimeAsync(10_000)
  })
  expect(heartbeats).toEqual([{}, { chunk: 7 }, { chunk: 7 }, { chunk: 7 }])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(heartbeats).toHaveLength(4)
})

test('a step of a cancelled run is aborted, and knows that its run was cancelled', async () => {
  const { run, environment } = activity()
  const ended = run(async ({ signal, isCancelled }) => {
    const before = { aborted: signal.aborted, isCancelled: isCancelled() }
    environment.cancel('CANCELLED', { cancelRequested: true } as never)
    return [before, { aborted: signal.aborted, isCancelled: isCancelled() }]
  })
  expect(await ended).toEqual([
    { aborted: false, isCancelled: false },
    { aborted: true, isCancelled: true },
  ])
})

test('a step of a worker that stops is aborted, and its run was not cancelled', async () => {
  const { run, environment } = activity()
  const ended = run(async ({ signal, isCancelled }) => {
    environment.cancel('WORKER_SHUTDOWN', { cancelRequested: false } as never)
    return { aborted: signal.aborted, isCancelled: isCancelled() }
  })
  expect(await ended).toEqual({ aborted: true, isCancelled: false })
})

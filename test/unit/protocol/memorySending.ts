// The steps that send the chunks of a load without Temporal, in the order of the workflow.
import { awaitJob } from '../../../loader/protocol/bulk/awaitJob.ts'
import { commitChunk } from '../../../loader/protocol/bulk/commitChunk.ts'
import { settleChunk, type Turns } from '../../../loader/protocol/bulk/settleChunk.ts'
import { type UploadChunkInput, uploadChunk } from '../../../loader/protocol/bulk/uploadChunk.ts'
import { sendChunk } from '../../../loader/protocol/collections/sendChunk.ts'
import type { OperationAttempt } from '../../../loader/protocol/settleAttempt.ts'
import type { SettledAttempt, StagedChunk, StagedSource } from '../../../loader/protocol/staged.ts'
import { fillParents } from '../../../loader/protocol/waves/fillParents.ts'
import type { Step } from '../../../loader/step.ts'
import { phasesOf } from '../../../workflows/phases.ts'

type Needed<Work extends (dependencies: never, ...others: never) => unknown> = Parameters<Work>[0]

type SendingDependencies = Needed<typeof awaitJob> &
  Needed<typeof commitChunk> &
  Needed<typeof settleChunk> &
  Needed<typeof uploadChunk> &
  Needed<typeof sendChunk> &
  Needed<typeof fillParents>

/** Runs one step by its name. */
type RunStep = <T>(
  name: string,
  work: (dependencies: SendingDependencies, step: Step & Turns) => Promise<T>,
) => Promise<T>

/** Sends all chunks as the workflow does, each step through `run`. */
export async function sendAll(runId: string, { chunks, engine }: StagedSource, run: RunStep): Promise<void> {
  for await (const { chunk, operation, records, uploaded } of inPhases(runId, chunks, run)) {
    if (records === 0) continue
    let byJob = engine === 'bulk'
    for (let attempt = 1; ; attempt += 1) {
      const place = { runId, chunk, operation, attempt }
      const before = attempt === 1 && uploaded !== undefined ? { uploaded } : {}
      const settled = await (byJob ? throughJob({ ...place, ...before }, run) : throughRequests(place, run))
      if (settled.resend === 0) break
      byJob = engine === 'bulk' && settled.needsRequests !== true
    }
  }
}

/** The chunks as the workflow sends them: those of later waves with the Ids of their parents. */
async function* inPhases(runId: string, chunks: readonly StagedChunk[], run: RunStep): AsyncGenerator<StagedChunk> {
  for (const phase of phasesOf(chunks)) {
    const wave = phase.find(({ isUnfilled }) => isUnfilled)?.wave
    if (wave === undefined) {
      yield* phase
      continue
    }
    const filled = await run('fillParents', (dependencies, step) => fillParents(dependencies, { runId, wave }, step))
    yield* filled.chunks.filter(({ chunk }) => phase.some(one => one.chunk === chunk))
  }
}

function throughRequests(place: OperationAttempt, run: RunStep): Promise<SettledAttempt> {
  return run('sendChunk', (dependencies, step) => sendChunk(dependencies, place, step))
}

async function throughJob(place: UploadChunkInput, run: RunStep): Promise<SettledAttempt> {
  const uploaded = await run('uploadChunk', (dependencies, step) => uploadChunk(dependencies, place, step))
  if ('settled' in uploaded) return uploaded.settled
  const commit = { ...place, ...uploaded }
  const { jobId } = await run('commitChunk', (dependencies, step) => commitChunk(dependencies, commit, step))
  const job = { runId: place.runId, jobId, records: 1 }
  await run('awaitJob', (dependencies, step) => awaitJob(dependencies, job, step))
  const ended = { ...place, jobId, cancelled: false }
  return run('settleChunk', (dependencies, step) => settleChunk(dependencies, ended, step))
}

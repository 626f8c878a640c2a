import type { RunStore } from '../../storage/runStore.ts'
import { type ChunkAttempt, chunkFiles } from '../layout.ts'

/** Id of the ingest job that holds this chunk, once it has been chosen; undefined before. */
export async function committedJob(store: RunStore, { chunk, attempt }: ChunkAttempt): Promise<string | undefined> {
  const text = await store.readText(chunkFiles(chunk, attempt).job)
  if (text === undefined) return undefined
  return (JSON.parse(text) as { jobId: string }).jobId
}

/**
 * Chooses the job of this chunk. Retries, or two workflows under one run id, may have opened several jobs; exactly one is chosen.
 * @returns the id of the chosen job
 */
export async function chooseJob(store: RunStore, place: ChunkAttempt, jobId: string): Promise<string> {
  const file = chunkFiles(place.chunk, place.attempt).job
  if (await store.writeOnce(file, `${JSON.stringify({ jobId })}\n`)) return jobId
  const winner = await committedJob(store, place)
  if (winner === undefined) throw new Error(`${store.location}/${file} vanished while it was read`)
  return winner
}

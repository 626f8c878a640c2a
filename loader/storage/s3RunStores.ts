// Runs in a bucket, for workers on many machines.
//
// What it needs of the server: a read after a write finds it (strong consistency, Amazon S3 has it since December 2020), an
// object appears whole or not at all, and `If-None-Match: *` lets exactly one of several writers be first (Amazon S3 since August
// 2024, https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html). The last is tried out before it is first
// relied on, since servers that do not know the header may ignore it. Reported to lack it: OpenStack Swift's S3 interface
// (github.com/ceph/s3-tests/issues/218), s3gw (github.com/s3gw-tech/s3gw/issues/674), Apache Ozone before HDDS-13919.
// With that, the bucket proves what was sent as a disk does: a write that has resolved stays. One limit: a write whose answer was
// lost may land after a later one of the same path.
import { randomUUID } from 'node:crypto'
import { RunStoreError, RunStoreUnfitError } from './errors.ts'
import { isRunId } from './runPaths.ts'
import type { RunStores } from './runStore.ts'
import type { S3Access } from './s3Client.ts'
import { s3Problem, statusOf } from './s3Errors.ts'
import { type Bucket, deleteAll, listFolders, putObject } from './s3Objects.ts'
import { openS3RunStore, type S3Runs } from './s3RunStore.ts'
import type { S3Place } from './uris.ts'

/** An object that stays, so that later processes need one request to see that a second write is rejected. No run can have its name. */
const PROOF = '.conditional-writes'

/** All runs below a prefix of a bucket. Nothing is asked of the server before the first file. */
export function openS3RunStores({ bucket, key }: S3Place, access: S3Access): RunStores {
  const location = key === '' ? `s3://${bucket}` : `s3://${bucket}/${key}`
  const prefix = key === '' ? '' : `${key}/`
  const at = (): Bucket => ({ client: access(), bucket })
  let proof: Promise<void> | undefined
  const proveConditions = (): Promise<void> => {
    proof ??= prove(at(), `${prefix}${PROOF}`, location)
    proof.catch(() => {
      proof = undefined
    })
    return proof
  }
  const runs = (): S3Runs => ({ ...at(), prefix, proveConditions })
  return {
    location,
    open: runId => openS3RunStore(runs(), runId),
    runIds: () => runIdsBelow(at(), prefix, location),
    async removeRun(runId) {
      const { location: place } = openS3RunStore(runs(), runId)
      await deleteAll(at(), `${prefix}${runId}/`).catch((error: unknown) => {
        throw new RunStoreError('Removing', place, 'all files', error, s3Problem(error))
      })
    },
  }
}

async function* runIdsBelow(at: Bucket, prefix: string, location: string): AsyncGenerator<string, void> {
  try {
    for await (const name of listFolders(at, prefix)) if (isRunId(name)) yield name
  } catch (error) {
    throw new RunStoreError('Listing', location, 'the runs', error, s3Problem(error))
  }
}

/** Writes twice where only the first write may be taken; the first is rejected as well when an earlier process came here. */
async function prove(at: Bucket, key: string, location: string): Promise<void> {
  for (let write = 1; write <= 2; write += 1) {
    try {
      await putObject(at, key, 'A second conditional write of this object is rejected by the server.\n', randomUUID())
    } catch (error) {
      // 409: another process tries at this moment, and the server saw it.
      if (statusOf(error) === 412 || statusOf(error) === 409) return
      throw error
    }
  }
  throw new RunStoreUnfitError(location)
}

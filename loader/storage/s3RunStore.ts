// Runs in a bucket, for workers on many machines.
//
// Requirements for the server: a read after a write finds it (strong consistency, Amazon S3 has it since December 2020), an
// object appears whole or not at all, and `If-None-Match: *` lets exactly one of several writers be first (Amazon S3 since August
// 2024, https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html). The last is tested before it is first
// relied on, since servers that do not know the header may ignore it. Reported to lack it: OpenStack Swift's S3 interface
// (github.com/ceph/s3-tests/issues/218), s3gw (github.com/s3gw-tech/s3gw/issues/674), Apache Ozone before HDDS-13919.
// With that, a bucket proves what was sent as a disk does: a write that has resolved is durable. One limit: a write whose answer was
// lost may take effect after a later write to the same path.
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { BlockWriter, writeWhole } from './blockWriter.ts'
import { RunFileMissingError, RunStoreError, RunStoreUnfitError } from './errors.ts'
import { ObjectChangedError, type OpenedObject, openObject } from './readObject.ts'
import { checkRunId, checkRunPath, isRunId } from './runPaths.ts'
import type { RunFileWriter, RunStore, RunStores } from './runStore.ts'
import type { S3Access } from './s3Client.ts'
import { s3Problem, statusOf } from './s3Errors.ts'
import {
  type Bucket,
  deleteAll,
  deleteObject,
  findObject,
  getPart,
  listFolders,
  listKeys,
  putObject,
  WRITER,
} from './s3Objects.ts'
import { PartMemory, S3Upload } from './s3Upload.ts'
import type { S3Place } from './uris.ts'

/** Attempts of a conditional write that conflicts with a concurrent one, and milliseconds between them. */
const TURNS = 20
const TURN_MS = 100

type S3Runs = Bucket & {
  /** The prefix of all runs; ends with `/` unless empty. */
  readonly prefix: string
  readonly parts: PartMemory
  /** Throws RunStoreUnfitError when the server does not support conditional writes. */
  readonly proveConditions: () => Promise<void>
}

/** The run store of one run, the objects below `<prefix><runId>/`. Throws RunIdError. */
function openS3RunStore(runs: S3Runs, runId: string): RunStore {
  checkRunId(runId)
  return new S3RunStore(runs, `${runs.prefix}${runId}`)
}

class S3RunStore implements RunStore {
  readonly location: string
  readonly #runs: S3Runs
  readonly #folder: string

  constructor(runs: S3Runs, folder: string) {
    this.location = `s3://${runs.bucket}/${folder}`
    this.#runs = runs
    this.#folder = folder
  }

  async write(path: string, content: string | AsyncIterable<string | Uint8Array>): Promise<number> {
    if (typeof content !== 'string') return await writeWhole(this.writer(path), content)
    const key = this.#key(path)
    await this.#explained('Writing', path, () => putObject(this.#runs, key, content))
    return Buffer.byteLength(content)
  }

  writer(path: string): RunFileWriter {
    const upload = new S3Upload(this.#runs, this.#key(path), this.#runs.parts)
    return new BlockWriter({
      hidden: upload,
      prepare: () => Promise.resolve(),
      publish: () => upload.publish(),
      explain: error => this.#explain('Writing', path, error),
    })
  }

  async writeOnce(path: string, content: string): Promise<boolean> {
    const key = this.#key(path)
    return await this.#explained('Writing', path, async () => {
      await this.#runs.proveConditions()
      return await putOnce(this.#runs, key, content)
    })
  }

  async readText(path: string): Promise<string | undefined> {
    const object = await this.#open(path)
    // Decoded as a file is: `text` would drop the byte order mark of rejected.csv.
    return object === undefined ? undefined : (await buffer(this.#content(path, object))).toString()
  }

  async read(path: string): Promise<Readable> {
    const object = await this.#open(path)
    if (object === undefined) throw new RunFileMissingError(this.location, path)
    return Readable.from(this.#content(path, object), { objectMode: false })
  }

  async *blocks(path: string): AsyncGenerator<Uint8Array, void> {
    const object = await this.#open(path)
    if (object === undefined) throw new RunFileMissingError(this.location, path)
    yield* this.#content(path, object)
  }

  async part(path: string, from: number, bytes: number): Promise<Buffer | undefined> {
    const key = this.#key(path)
    return await this.#explained('Reading', path, () => getPart(this.#runs, key, from, bytes))
  }

  async size(path: string): Promise<number | undefined> {
    const key = this.#key(path)
    return (await this.#explained('Checking', path, () => findObject(this.#runs, key)))?.bytes
  }

  async list(folder: string): Promise<readonly string[]> {
    const inside = folder === '' || folder === '.' ? '' : `${folder}/`
    if (inside !== '') checkRunPath(folder)
    const paths: string[] = []
    await this.#explained('Listing', folder === '' ? 'the files' : folder, async () => {
      for await (const keys of listKeys(this.#runs, `${this.#folder}/${inside}`)) {
        paths.push(...keys.map(key => key.slice(this.#folder.length + 1)))
      }
    })
    return paths.sort()
  }

  async remove(path: string): Promise<void> {
    const key = this.#key(path)
    await this.#explained('Removing', path, () => deleteObject(this.#runs, key))
  }

  #key(path: string): string {
    checkRunPath(path)
    return `${this.#folder}/${path}`
  }

  async #open(path: string): Promise<OpenedObject | undefined> {
    const place = { bucket: this.#runs.bucket, key: this.#key(path) }
    return await this.#explained('Reading', path, async () => {
      try {
        return await openObject(this.#runs.client, place)
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchKey') return undefined
        throw error
      }
    })
  }

  async *#content(path: string, object: OpenedObject): AsyncGenerator<Uint8Array, void> {
    try {
      yield* object.content
    } catch (error) {
      throw this.#explain('Reading', path, error)
    }
  }

  async #explained<T>(work: string, path: string, step: () => Promise<T>): Promise<T> {
    try {
      return await step()
    } catch (error) {
      throw this.#explain(work, path, error)
    }
  }

  #explain(work: string, path: string, error: unknown): Error {
    if (error instanceof RunStoreError || error instanceof RunStoreUnfitError) return error
    return new RunStoreError(work, this.location, path, error, problemOf(error))
  }
}

function problemOf(error: unknown) {
  if (!(error instanceof ObjectChangedError)) return s3Problem(error)
  return {
    code: 'Changed',
    reason: 'it was replaced while it was read',
    advice: 'It is read again from its beginning.',
  }
}

/**
 * Exactly one of several concurrent callers is first. When the answer to a write is lost, the SDK's second attempt finds the object of
 * the first: the object carries the id of this call, so that it is not mistaken for another caller's object.
 */
async function putOnce(bucket: Bucket, key: string, content: string): Promise<boolean> {
  const writer = randomUUID()
  for (let turn = 1; ; turn += 1) {
    try {
      await putObject(bucket, key, content, writer)
      return true
    } catch (error) {
      const taken = statusOf(error) === 412
      const found = taken ? await findObject(bucket, key) : undefined
      if (found !== undefined) return found.metadata[WRITER] === writer
      // Amazon S3 answers 409 to one of two concurrent writes and asks for a retry. Or the object was just removed.
      if ((!taken && statusOf(error) !== 409) || turn === TURNS) throw error
      await sleep(TURN_MS * Math.random())
    }
  }
}

/** A permanent object: later processes need one request to see that a second write is rejected. No run can have its name. */
const PROOF = '.conditional-writes'

/** All runs below a prefix of a bucket. Sends no request before the first file. */
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
  const parts = new PartMemory()
  const runs = (): S3Runs => ({ ...at(), prefix, parts, proveConditions })
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

/** Writes twice; the server must accept only the first write. It rejects the first one too when an earlier process wrote the object. */
async function prove(at: Bucket, key: string, location: string): Promise<void> {
  for (let write = 1; write <= 2; write += 1) {
    try {
      await putObject(at, key, 'A second conditional write of this object is rejected by the server.\n', randomUUID())
    } catch (error) {
      // 409: another process writes at this moment, and the server detected it.
      if (statusOf(error) === 412 || statusOf(error) === 409) return
      throw error
    }
  }
  throw new RunStoreUnfitError(location)
}

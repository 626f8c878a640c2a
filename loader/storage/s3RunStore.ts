import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { BlockWriter, writeWhole } from './blockWriter.ts'
import { RunFileMissingError, RunStoreError, RunStoreUnfitError } from './errors.ts'
import { ObjectChangedError, type OpenedObject, openObject } from './readObject.ts'
import { checkRunId, checkRunPath } from './runPaths.ts'
import type { RunFileWriter, RunStore } from './runStore.ts'
import { s3Problem, statusOf } from './s3Errors.ts'
import { type Bucket, deleteObject, findObject, listKeys, putObject, WRITER } from './s3Objects.ts'
import { S3Upload } from './s3Upload.ts'

/** Attempts of a conditional write that conflicts with a concurrent one, and milliseconds between them. */
const TURNS = 20
const TURN_MS = 100

export type S3Runs = Bucket & {
  /** The prefix of all runs; ends with `/` unless empty. */
  readonly prefix: string
  /** Throws RunStoreUnfitError when the server does not support conditional writes. */
  readonly proveConditions: () => Promise<void>
}

/** The run store of one run, the objects below `<prefix><runId>/`. Throws RunIdError. */
export function openS3RunStore(runs: S3Runs, runId: string): RunStore {
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
    const upload = new S3Upload(this.#runs, this.#key(path))
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
    return object === undefined ? undefined : await text(this.#content(path, object))
  }

  async read(path: string): Promise<Readable> {
    const object = await this.#open(path)
    if (object === undefined) throw new RunFileMissingError(this.location, path)
    return Readable.from(this.#content(path, object), { objectMode: false })
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

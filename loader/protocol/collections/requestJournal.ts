import { LinkError } from '../../../packages/client/contract/linkError.ts'
import type { SaveResult } from '../../salesforce/salesforceConnection.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { JOURNAL } from '../layout.ts'
import { requireRun } from '../runRecords.ts'

/** Written before a request is sent. */
export type Intent = {
  /** Epoch milliseconds by our clock. */
  readonly at: number
  /** Epoch milliseconds by the org's clock, which all workers share. */
  readonly orgTime: number
  /** Epoch milliseconds by the org's clock when the sender gave the request up without an answer: none of its bytes leaves later. */
  readonly over?: number
  /** The same when the sender of a request that takes long was alive last. */
  readonly renewed?: number
  /** MD5 of the content of the file that the request creates, in hex. Absent in the declaration of one that sends nothing. */
  readonly checksum?: string
  /** Whether the answer was lost and the request is repeated. */
  readonly repeated?: boolean
  /** Whether the request is never sent: it is larger than the org accepts, and its halves are sent instead. */
  readonly divided?: boolean
}

/** What was decided about a request without a whole answer; record numbers count from 0 within the chunk. */
export type Decision = {
  readonly found: readonly (readonly [number, string])[]
  /** Certainly not written: they are sent again. */
  readonly absent: readonly number[]
  readonly undecided: readonly number[]
  /** Whether the org rejected the request as a whole, so that its halves are sent instead. */
  readonly halved?: boolean
}

/** How a request ended: the answer of Salesforce, or a decision. */
export type Outcome = readonly SaveResult[] | Decision

export function earlier(one: Intent | undefined, other: Intent | undefined): Intent | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return one.orgTime <= other.orgTime ? one : other
}

export const isAnswer = (outcome: Outcome): outcome is readonly SaveResult[] => Array.isArray(outcome)

/** The decision about a request that certainly wrote nothing. */
export const nothingWritten = (indexes: readonly number[]): Decision => ({ found: [], absent: indexes, undecided: [] })

/** The decision about a request whose halves are sent instead. */
export const HALVED: Decision = { ...nothingWritten([]), halved: true }

/** Thrown when another attempt of this activity, still alive somewhere, has declared the same request first. */
class RequestTakenError extends LinkError {
  override readonly name = 'RequestTakenError' as const
  readonly kind = 'transient' as const

  constructor(request: string) {
    super(`Request ${request} is being sent by another attempt of this step. This attempt waits for its answer.`)
  }
}

/**
 * The journal of the collection requests of one chunk in the run store: an intent before sending, the outcome after. The intent and the
 * outcome of a create are each written once and never removed. So of all attempts that are alive, one sends a request and one decides how
 * it ended: an attempt that learns its answer late follows the decision of the attempt that has searched for its records meanwhile.
 * A heartbeat would not be enough: the SDK throttles heartbeats, and a crash loses the latest.
 */
export class RequestJournal {
  readonly #store: RunStore
  readonly #folder: string
  readonly #files: Set<string>

  private constructor(store: RunStore, folder: string, files: Set<string>) {
    this.#store = store
    this.#folder = folder
    this.#files = files
  }

  static async open(store: RunStore, folder: string): Promise<RequestJournal> {
    return new RequestJournal(store, folder, new Set(await store.list(folder)))
  }

  /** Whether no request of the chunk was ever declared. */
  get isEmpty(): boolean {
    return this.#files.size === 0
  }

  /** undefined while it is unknown how the request ended. Release 0.1.0 wrote decisions into a file of their own. */
  async outcome(request: string): Promise<Outcome | undefined> {
    const written =
      (await this.#read<Outcome>(`${request}${JOURNAL.answer}`)) ??
      (await this.#read<Outcome>(`${request}${JOURNAL.decision}`))
    return written ?? ((await this.intent(request))?.divided ? HALVED : undefined)
  }

  /** Records how a request ended. Returns the outcome that another attempt has recorded before, if there is one. */
  async conclude(request: string, outcome: Outcome): Promise<Outcome> {
    const name = `${request}${JOURNAL.answer}`
    const isFirst = await this.#store.writeOnce(this.#path(name), `${JSON.stringify(outcome)}\n`)
    this.#files.add(this.#path(name))
    return isFirst ? outcome : ((await this.#read<Outcome>(name)) ?? outcome)
  }

  /** The intent of a request that may have been sent. */
  intent(request: string): Promise<Intent | undefined> {
    return this.#read(`${request}${JOURNAL.intent}`)
  }

  /** The first intent of the chunk whose request was repeated; undefined when none was. */
  async firstRepeated(): Promise<Intent | undefined> {
    const names = [...this.#files].map(path => path.slice(this.#folder.length + 1))
    const intents = await Promise.all(
      names.filter(name => name.endsWith(JOURNAL.intent)).map(name => this.#read<Intent>(name)),
    )
    return intents.filter(intent => intent?.repeated === true).reduce(earlier, undefined)
  }

  /** Throws RequestTakenError when another attempt was first, and RunFileMissingError when the run store no longer has the run. */
  async declare(request: string, intent: Intent): Promise<void> {
    const path = this.#path(`${request}${JOURNAL.intent}`)
    if (!(await this.#store.writeOnce(path, `${JSON.stringify(intent)}\n`))) throw new RequestTakenError(request)
    await requireRun(this.#store)
    this.#files.add(path)
  }

  /** Replaces the intent: of a request that may be repeated, or by the attempt that has declared it. Throws RunFileMissingError as `declare` does. */
  async note(request: string, intent: Intent): Promise<void> {
    const path = this.#path(`${request}${JOURNAL.intent}`)
    await this.#store.write(path, `${JSON.stringify(intent)}\n`)
    await requireRun(this.#store)
    this.#files.add(path)
  }

  /**
   * Notes the intent of a request that may be repeated, unless another attempt has noted one meanwhile, which is returned. Throws RequestTakenError when that
   * attempt sends the halves of the request instead.
   */
  async begin(request: string, intent: Intent): Promise<Intent | undefined> {
    const name = `${request}${JOURNAL.intent}`
    const isFirst = await this.#store.writeOnce(this.#path(name), `${JSON.stringify(intent)}\n`)
    await requireRun(this.#store)
    this.#files.add(this.#path(name))
    if (isFirst) return undefined
    const first = await this.intent(request)
    if (first?.divided) throw new RequestTakenError(request)
    return first ?? this.begin(request, intent)
  }

  /** Removes the intent of a request that may be repeated: the org certainly applied nothing. */
  async withdraw(request: string): Promise<void> {
    const path = this.#path(`${request}${JOURNAL.intent}`)
    await this.#store.remove(path)
    this.#files.delete(path)
  }

  /** Whether release 0.1.0 has sent the halves of the request; it recorded no decision. */
  isHalved(request: string): boolean {
    const halves = [this.#path(`${request}.a.`), this.#path(`${request}.b.`)]
    return [...this.#files].some(path => halves.some(half => path.startsWith(half)))
  }

  async #read<T>(name: string): Promise<T | undefined> {
    if (!this.#files.has(this.#path(name))) return undefined
    const text = await this.#store.readText(this.#path(name))
    return text === undefined ? undefined : (JSON.parse(text) as T)
  }

  #path(name: string): string {
    return `${this.#folder}/${name}`
  }
}

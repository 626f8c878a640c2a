import { LinkError } from '../../../packages/client/contract/linkError.ts'
import type { SaveResult } from '../../salesforce/salesforceConnection.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { JOURNAL } from '../layout.ts'

/** Written before a request is sent. */
export type Intent = {
  /** Epoch milliseconds by our clock. */
  readonly at: number
  /** Epoch milliseconds by the org's clock. */
  readonly orgTime: number
}

/** What was decided about a request whose answer was lost; record numbers count from 0 within the chunk. */
export type Decision = {
  readonly found: readonly (readonly [number, string])[]
  readonly absent: readonly number[]
  readonly undecided: readonly number[]
}

/** Thrown when another attempt of this activity, still alive somewhere, has declared the same request first. */
class RequestTakenError extends LinkError {
  override readonly name = 'RequestTakenError' as const
  readonly kind = 'transient' as const

  constructor(request: string) {
    super(`Request ${request} is being sent by another attempt of this step. This attempt waits for its answer.`)
  }
}

/**
 * The journal of the collection requests of one chunk in the run store: an intent before sending, the answer after. An intent
 * without an answer is a request whose outcome is unknown: a create is then searched for, never sent again without a search. A heartbeat
 * would not be enough: the SDK throttles heartbeats, and a crash loses the latest.
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

  answer(request: string): Promise<readonly SaveResult[] | undefined> {
    return this.#read(`${request}${JOURNAL.answer}`)
  }

  recordAnswer(request: string, results: readonly SaveResult[]): Promise<void> {
    return this.#write(`${request}${JOURNAL.answer}`, results)
  }

  decision(request: string): Promise<Decision | undefined> {
    return this.#read(`${request}${JOURNAL.decision}`)
  }

  recordDecision(request: string, decision: Decision): Promise<void> {
    return this.#write(`${request}${JOURNAL.decision}`, decision)
  }

  /** The intent of a request that was not answered and may have been applied. */
  intent(request: string): Promise<Intent | undefined> {
    return this.#read(`${request}${JOURNAL.intent}`)
  }

  /** Throws RequestTakenError when another attempt was first. */
  async declare(request: string, intent: Intent): Promise<void> {
    const path = this.#path(`${request}${JOURNAL.intent}`)
    if (!(await this.#store.writeOnce(path, `${JSON.stringify(intent)}\n`))) throw new RequestTakenError(request)
    this.#files.add(path)
  }

  /** Records the intent of a request that may be repeated. */
  note(request: string, intent: Intent): Promise<void> {
    return this.#write(`${request}${JOURNAL.intent}`, intent)
  }

  /** Whether a request was rejected as a whole and its halves were sent since; then the halves decide. */
  isHalved(request: string): boolean {
    const halves = [this.#path(`${request}.a.`), this.#path(`${request}.b.`)]
    return [...this.#files].some(path => halves.some(half => path.startsWith(half)))
  }

  /** Removes an intent: the org certainly applied nothing. */
  async withdraw(request: string): Promise<void> {
    const path = this.#path(`${request}${JOURNAL.intent}`)
    await this.#store.remove(path)
    this.#files.delete(path)
  }

  async #write(name: string, content: object): Promise<void> {
    await this.#store.write(this.#path(name), `${JSON.stringify(content)}\n`)
    this.#files.add(this.#path(name))
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

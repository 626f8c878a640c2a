import { LinkError } from '../../../packages/client/contract/linkError.ts'
import type { Intent, RequestJournal } from './requestJournal.ts'

/**
 * Milliseconds between declaring a create and its first byte. `lostRecords.ts` searches for the records of a create only when this time
 * and `lostAnswerWait` have passed.
 */
export const INTENT_LIFETIME = 15_000

/** Thrown when the worker paused between declaring a request and sending it, or its last bytes. The org applies nothing of it. */
export class RequestExpiredError extends LinkError {
  override readonly name = 'RequestExpiredError' as const
  readonly kind = 'transient' as const

  constructor(request: string) {
    super(
      `Request ${request} was declared more than ${INTENT_LIFETIME / 1000} s ago, so it was not sent to its end. The step declares it again`,
    )
  }
}

/** Lets a cancelled step stop a request that still waits; one that has left ends by itself, so that its answer is not lost. */
export class CancelledWhileWaiting {
  readonly #cancelled: AbortSignal
  readonly #waiting = new AbortController()
  readonly #stop = () => this.#waiting.abort(this.#cancelled.reason)
  #hasLeft = false

  /** @param cancelled the signal of the step */
  constructor(cancelled: AbortSignal) {
    this.#cancelled = cancelled
    cancelled.addEventListener('abort', this.#stop)
  }

  /** Aborts while the request waits, never once it has left. */
  get signal(): AbortSignal {
    return this.#waiting.signal
  }

  get hasLeft(): boolean {
    return this.#hasLeft
  }

  /** Called when the request leaves. Throws the reason of a cancelled step. */
  readonly leave = (): void => {
    this.#cancelled.throwIfAborted()
    this.#hasLeft = true
    this.done()
  }

  /** Ends the connection with the signal of the step. */
  done(): void {
    this.#cancelled.removeEventListener('abort', this.#stop)
  }
}

/** @param at and monotonic when the declaration was made, or renewed last, by the two clocks of the process */
type Declared = { readonly intent: Intent; readonly at: number; readonly monotonic: number }

/**
 * The moment at which one create leaves this process. `beforeSend` is called when the request has its turn, a session and a
 * connection, immediately before its first byte is sent; it declares the request in the journal and lets it go only while the declaration is fresh.
 *
 * Why no create leaves after the search for its records:
 * 1. A request has one declaration, written once (`RequestJournal.declare`). Only the attempt that wrote it sends the request, and it sends
 *    it at most once: HTTP repeats it only if the org certainly applied nothing (not connected, or 401), and asks `beforeSend` again.
 * 2. Its first byte leaves at most INTENT_LIFETIME after the declaration, by two clocks of the sender: a stop of the process shows on the
 *    clock of the machine, and a clock that is set back does not stop the monotonic one.
 * 3. A search decides that records are absent only when INTENT_LIFETIME and `lostAnswerWait` have passed since the declaration, or `lostAnswerWait`
 *    since the sender gave the request up and closed its connection. Both times are by the org's clock, as the `Date` of its answers shows it, so
 *    clocks of workers may differ. A worker whose clock was set since the latest answer sends nothing before it has another.
 * 4. The outcome of a request is written once too (`RequestJournal.conclude`). Of a sender that wakes up late and an attempt that
 *    has searched, one decides; the records that are sent again belong to a new request with its own declaration.
 *
 * A request that takes long, such as a file, renews its declaration while it is sent, and its last bytes leave only while the renewal is
 * fresh. A search counts from the latest renewal.
 *
 * Two limits. The clocks of a virtual machine may stop with it, and a process may be stopped between the check and its first byte. Then the
 * connection is what stops the request: it was opened before the declaration, and the org has closed it if the stop was longer than the
 * wait. And bytes that the network or the org delays for longer than `lostAnswerWait` come too late for any search.
 */
export class Departure {
  readonly #journal: RequestJournal
  readonly #request: string
  readonly #orgTime: (at: number) => number
  readonly #waiting: CancelledWhileWaiting
  readonly #facts: Pick<Intent, 'checksum'>
  #declared: Declared | undefined
  #hasLeft = false

  /** @param orgTime converts our time to the org's */
  constructor(
    journal: RequestJournal,
    request: string,
    orgTime: (at: number) => number,
    waiting: CancelledWhileWaiting,
    facts: Pick<Intent, 'checksum'> = {},
  ) {
    this.#facts = facts
    this.#journal = journal
    this.#request = request
    this.#orgTime = orgTime
    this.#waiting = waiting
  }

  /** Whether the latest attempt to send it may have sent a byte. An earlier one certainly had no effect. */
  get hasLeft(): boolean {
    return this.#hasLeft
  }

  /** Throws RequestTakenError when another attempt was first, and RequestExpiredError. */
  readonly beforeSend = async (): Promise<void> => {
    this.#hasLeft = false
    this.#waiting.signal.throwIfAborted()
    this.#declared ??= await this.#declare()
    this.#requireFresh(this.#declared)
    this.#waiting.leave()
    this.#hasLeft = true
  }

  /** Called immediately before the last bytes of a request that takes long are sent: the org applies nothing without them. Throws RequestExpiredError. */
  readonly beforeEnd = (): void => {
    if (this.#declared !== undefined) this.#requireFresh(this.#declared)
  }

  /** Renews the declaration of a request that takes long. */
  async renew(): Promise<void> {
    const declared = this.#declared
    if (declared === undefined) return
    const at = Date.now()
    const monotonic = performance.now()
    const intent = { ...declared.intent, renewed: this.#orgTime(at) }
    await this.#journal.note(this.#request, intent)
    this.#declared = { intent, at, monotonic }
  }

  /** The declaration of a request that is given up now; undefined when it was never about to leave. */
  over(): Intent | undefined {
    const declared = this.#declared
    if (declared === undefined) return undefined
    const { orgTime, renewed = orgTime } = declared.intent
    return { ...declared.intent, over: renewed + this.#age(declared) }
  }

  /** By two clocks: one may have been set, the other stops while the machine sleeps. */
  #age({ at, monotonic }: Declared): number {
    return Math.max(Date.now() - at, performance.now() - monotonic)
  }

  #requireFresh(declared: Declared): void {
    if (this.#age(declared) > INTENT_LIFETIME) throw new RequestExpiredError(this.#request)
  }

  async #declare(): Promise<Declared> {
    const at = Date.now()
    const declared = { intent: { at, orgTime: this.#orgTime(at), ...this.#facts }, at, monotonic: performance.now() }
    await this.#journal.declare(this.#request, declared.intent)
    return declared
  }
}

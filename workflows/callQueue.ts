import { recordsText } from '../loader/calls/composeRun.ts'
import { MAX_INLINE_BYTES } from '../packages/client/contract/operations.ts'
import {
  type AddRecordsAnswer,
  type AddRecordsInput,
  MAX_CALL_RECORDS,
} from '../packages/client/contract/receiveRecords.ts'
import { jsonBytes } from '../packages/client/contract/scalars.ts'

/** A call that has no answer yet. */
export type OpenCall = {
  readonly call: AddRecordsInput
  readonly text: string
  readonly bytes: number
  /** Not Temporal's Trigger: it would end with the scope of its handler when the receiver is cancelled. */
  readonly answer: PromiseWithResolvers<AddRecordsAnswer>
}

/** Calls in the order of arrival. Deterministic: it holds promises only. */
export class CallQueue {
  readonly #open = new Map<string, OpenCall>()
  #waiting: OpenCall[] = []

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Whether no further call fits into the next run. */
  get isFull(): boolean {
    return this.#fitting().length < this.#waiting.length || sum(this.#waiting, recordsOf) === MAX_CALL_RECORDS
  }

  /** A call of the same id that is still open: both get the same answer. */
  find(id: string): OpenCall | undefined {
    return this.#open.get(id)
  }

  /** Resolves with the answer; rejects with the reason why the call was rejected. */
  async add(call: AddRecordsInput): Promise<AddRecordsAnswer> {
    const text = recordsText(call.records)
    const open: OpenCall = { call, text, bytes: jsonBytes(call.records), answer: Promise.withResolvers() }
    this.#open.set(call.id, open)
    this.#waiting.push(open)
    try {
      return await open.answer.promise
    } finally {
      this.#open.delete(call.id)
    }
  }

  /** The first calls, as many as fit into one run. */
  take(): readonly OpenCall[] {
    const taken = this.#fitting()
    this.#waiting = this.#waiting.slice(taken.length)
    return taken
  }

  /** Puts calls back that were taken too early: they are the first again. */
  putBack(calls: readonly OpenCall[]): void {
    this.#waiting = [...calls, ...this.#waiting]
  }

  rejectAll(reason: (call: AddRecordsInput) => Error): void {
    for (const { call, answer } of this.#waiting) answer.reject(reason(call))
    this.#waiting = []
  }

  #fitting(): readonly OpenCall[] {
    let count = 1
    while (count < this.#waiting.length && fits(this.#waiting.slice(0, count + 1))) count += 1
    return this.#waiting.slice(0, count)
  }
}

const fits = (calls: readonly OpenCall[]): boolean =>
  sum(calls, recordsOf) <= MAX_CALL_RECORDS && sum(calls, ({ bytes }) => bytes) < MAX_INLINE_BYTES

const recordsOf = ({ call }: OpenCall): number => call.records.length

function sum(calls: readonly OpenCall[], of: (call: OpenCall) => number): number {
  return calls.reduce((total, call) => total + of(call), 0)
}

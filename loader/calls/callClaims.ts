// The run that each call belongs to, stored before anything is sent: a repeated call loads nothing twice.
import { createHash } from 'node:crypto'
import type { AddRecordsInput } from '../../packages/client/contract/receiveRecords.ts'
import { CALLS_FILE } from '../protocol/layout.ts'
import { readJsonIfThere } from '../protocol/runRecords.ts'
import { callFolders, isMarkedRemoved } from '../runs/removedRuns.ts'
import type { Dependencies } from '../step.ts'
import type { RunStore } from '../storage/runStore.ts'
import { recordsText } from './composeRun.ts'

/** The calls of one run, in the order of its records. */
export type CallList = { readonly calls: readonly AddRecordsInput[] }

type Claim = {
  readonly runId: string
  /** Digest of the call's records. */
  readonly digest: string
}

/**
 * The place of a call: `placed` in a run that has it in its list; `claimed` for the run that asks, whose list is not written
 * yet; `free`, with the place for a claim; `other`: the id belongs to a call with other records; `removed`: its run was
 * removed, with its results.
 */
export type CallPlace =
  | { readonly kind: 'placed'; readonly runId: string; readonly list: CallList }
  | { readonly kind: 'claimed' }
  | { readonly kind: 'free'; readonly store: RunStore; readonly path: string }
  | { readonly kind: 'other' }
  | { readonly kind: 'removed'; readonly runId: string }

export type CallClaimsOptions = {
  readonly sync: string
  /** The run that asks. */
  readonly runId: string
  /** When it asks, epoch milliseconds; the same for every attempt. */
  readonly at: number
}

/** The claims of calls, as one run sees them. */
export class CallClaims {
  readonly #stores: Dependencies['runStores']
  readonly #runId: string
  readonly #earlier: RunStore
  readonly #current: RunStore

  constructor(stores: Dependencies['runStores'], { sync, runId, at }: CallClaimsOptions) {
    this.#stores = stores
    this.#runId = runId
    const { earlier, current } = callFolders(sync, at)
    this.#earlier = stores.open(earlier)
    this.#current = stores.open(current)
  }

  async placeOf(call: AddRecordsInput): Promise<CallPlace> {
    for (const store of [this.#earlier, this.#current]) {
      for (let number = 1; ; number += 1) {
        const path = claimPath(call.id, number)
        const claim = await readJsonIfThere<Claim>(store, path)
        if (claim === undefined) {
          if (store === this.#earlier) break
          return { kind: 'free', store, path }
        }
        const place = await this.#placeBy(claim, call)
        if (place !== undefined) return place
      }
    }
    throw new Error('A call has a place, or there is room for one')
  }

  /** Returns the place of the call when another run has claimed it first. */
  async claim(call: AddRecordsInput, { store, path }: CallPlace & { kind: 'free' }): Promise<CallPlace> {
    const claim: Claim = { runId: this.#runId, digest: digestOf(call) }
    if (await store.writeOnce(path, `${JSON.stringify(claim)}\n`)) return { kind: 'claimed' }
    return this.placeOf(call)
  }

  /** undefined when the claim is void. */
  async #placeBy(claim: Claim, call: AddRecordsInput): Promise<CallPlace | undefined> {
    const list = await this.#listOf(claim.runId)
    // Read last: a removal marks its run and then deletes the list.
    if (await isMarkedRemoved(this.#stores, claim.runId)) return { kind: 'removed', runId: claim.runId }
    if (list === undefined) return { kind: 'claimed' }
    if (!list.calls.some(({ id }) => id === call.id)) return undefined
    if (claim.digest !== digestOf(call)) return { kind: 'other' }
    return { kind: 'placed', runId: claim.runId, list }
  }

  /**
   * A run without a list has not started, and its receiver has left it: an empty list prevents it from starting. undefined for
   * the list of the run that asks, which is not written yet.
   */
  async #listOf(runId: string): Promise<CallList | undefined> {
    const store = this.#stores.open(runId)
    const list = await readCallList(store)
    if (list !== undefined || runId === this.#runId) return list
    return keepCallList(store, { calls: [] })
  }
}

export const readCallList = (store: RunStore): Promise<CallList | undefined> =>
  readJsonIfThere<CallList>(store, CALLS_FILE)

/** Stores the list of the run; returns the stored one when there is one. */
export async function keepCallList(store: RunStore, list: CallList): Promise<CallList> {
  if (await store.writeOnce(CALLS_FILE, `${JSON.stringify(list)}\n`)) return list
  return (await readCallList(store)) ?? keepCallList(store, list)
}

/** An id may contain any character, a file name may not. */
function claimPath(id: string, number: number): string {
  const name = createHash('sha256').update(id).digest('hex')
  return number === 1 ? `${name}.json` : `${name}.${number}.json`
}

const digestOf = ({ records }: AddRecordsInput): string =>
  createHash('sha256').update(recordsText(records)).digest('hex')

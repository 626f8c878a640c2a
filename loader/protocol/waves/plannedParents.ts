// What a plan shows of parents that have no Id yet, because the run would create them first.
import type { SyncPlan } from '../../plan/syncPlan.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { REJECTED_RESULTS_FILE } from '../layout.ts'
import { locatedBatches } from '../runRecords.ts'
import type { StagedChunk } from '../staged.ts'
import { type ChildRejection, childRejection, parentReason } from './childReason.ts'
import { FilledLine } from './filledLine.ts'
import { ParentIds, type ParentOutcome } from './parentIds.ts'
import { type RowPlaces, rowPlacesOf } from './rowPlaces.ts'

/** The lines of records with `row 3` in place of the Id of a parent; a record below a rejected row is rejected too. */
export async function plannedLine(
  store: RunStore,
  plan: SyncPlan,
  operation: StagedChunk['operation'],
): Promise<FilledLine> {
  const places = await rowPlacesOf(store, plan)
  const parents = new PlannedParents(places)
  for await (const batch of locatedBatches(store, REJECTED_RESULTS_FILE)) parents.settled.take(batch)
  return new FilledLine(plan, operation, places, row => parents.outcome(row))
}

class PlannedParents {
  /** The parents that are rejected before anything is sent. */
  readonly settled: ParentIds
  readonly #places: RowPlaces
  /** By row: whether no row above it is rejected. */
  readonly #isFree: Uint8Array

  constructor(places: RowPlaces) {
    this.#places = places
    this.settled = new ParentIds(places.waves.length)
    this.#isFree = new Uint8Array(places.waves.length)
    places.eachParent(undefined, row => this.settled.need(row))
    this.settled.begin()
  }

  outcome(row: number): ParentOutcome {
    if (this.settled.has(row)) return this.settled.outcome(row)
    const rejection = this.#rejectionOf(row)
    if (rejection === undefined) return { id: `row ${row}` }
    return childRejection(row, parentReason({ outcome: 'failed', ...rejection }))
  }

  /** Why a row would be rejected that is not rejected by itself. There are few rows above one another. */
  #rejectionOf(row: number): ChildRejection | undefined {
    if (this.#isFree[row] === 1) return undefined
    for (const parent of this.#places.parentsOf(row)) {
      const outcome = this.outcome(parent)
      if ('errorCode' in outcome) return outcome
    }
    this.#isFree[row] = 1
    return undefined
  }
}

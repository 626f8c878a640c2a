// What each load of the storm is: drawn from the seed, before anything runs.
import type { Draw } from './draw.ts'
import { drawFaults, ENGINES, type Engine, type NamedFault } from './faults.ts'
import { RULES, SHAPES, type Shape } from './shapes.ts'
import { STORES, type Store } from './sites.ts'

/** How the records are written: `sql` is a CSV whose rows a query of DuckDB gives. */
export const SOURCE_FORMS = ['csv', 'ndjson', 'xlsx', 'sql'] as const
export type SourceForm = (typeof SOURCE_FORMS)[number]

/** What a stranger does to an ingest job of the load. */
export type Interference = 'abort' | 'delete'

export type LoadPlan = {
  /** Unique in the storm; part of every marker. */
  readonly name: string
  readonly shape: Shape
  readonly engine: Engine
  /** Where its runs are. */
  readonly store: Store
  readonly form: SourceForm
  readonly records: number
  /** Two runs load the same file at once. */
  readonly runs: 1 | 2
  /** Milliseconds after its start at which a person cancels the run, who then resumes it. */
  readonly cancelAfter?: number
  readonly faults: readonly NamedFault[]
  /** Faults of the org while the run is undone. Absent for a load that is not undone. */
  readonly undo?: readonly NamedFault[]
  readonly interference?: Interference
  /** Whether the daily limit of the org is used up for a while: the run then waits ten minutes. */
  readonly limited: boolean
}

const TWICE_AT_ONCE = 0.12
const CANCELLED = 0.08
const INTERFERED = 0.25
const UNDONE = 0.4

export type LoadsOf = { readonly org: string; readonly largest: number; readonly limited?: boolean }

/** The loads of one org, one after the other, without an end. */
export function* drawLoads(draw: Draw, { org, largest, limited = false }: LoadsOf): Generator<LoadPlan> {
  for (let number = 1; ; number += 1) {
    const shape = draw.pick(SHAPES)
    const drawn = draw.pick(ENGINES)
    const { engine = drawn, object, largest: most = largest } = RULES[shape]
    const records = Math.max(20, Math.floor(Math.min(most, largest) / draw.pick([1, 2, 5, 10])))
    const requests = object === 'ContentVersion' ? 'files' : engine
    const cancelAfter = draw.chance(CANCELLED) ? draw.between(500, 8_000) : undefined
    const interference =
      engine === 'bulk' && draw.chance(INTERFERED) ? draw.pick(['abort', 'delete'] as const) : undefined
    const runs = draw.chance(TWICE_AT_ONCE) ? 2 : 1
    const store = draw.pick(STORES)
    // Two runs overwrite each other's records.
    const undo = draw.chance(UNDONE) && runs === 1 && !limited ? drawFaults(draw, engine, false) : undefined
    const faults = drawFaults(draw, requests, limited)
    const form = draw.pick(SOURCE_FORMS)
    yield {
      ...{ name: `${org}-${number}`, shape, engine, store, form, records, runs, limited, faults },
      ...(cancelAfter === undefined ? {} : { cancelAfter }),
      ...(interference === undefined ? {} : { interference }),
      ...(undo === undefined ? {} : { undo }),
    }
  }
}

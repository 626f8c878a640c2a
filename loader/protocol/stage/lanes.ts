// Lanes: the records of one parent go into chunks of one lane, which are sent one after another, so that no two jobs lock a parent.
import { type FieldMapping, sourceColumns } from '../../../packages/client/contract/fieldMapping.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import { type CellBatch, cellText } from '../../csv/cells.ts'
import type { CompiledMapping } from '../../mapping/mapping.ts'
import type { SyncPlan } from '../../plan/syncPlan.ts'
import { canonicalText, trimValue } from '../../values/text.ts'
import { compileReading } from '../../values/valueMap.ts'

/** Whether a run groups its records. Requests with collections are few at a time, and small: their records are sent in the order of the source. */
export function isGrouped(
  { engine }: Pick<SyncSpec, 'engine'>,
  plan: SyncPlan,
): plan is SyncPlan & { readonly groupColumn: string } {
  return engine !== 'collections' && plan.groupColumn !== undefined
}

/**
 * Records of a grouped chunk. Salesforce divides a job into batches of this many records and processes them side by side:
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/how_requests_are_processed.htm
 */
export const BATCH_RECORDS = 10_000

/** Each lane has an open chunk while the source is read. */
const MOST_LANES = 16

/** Twice the chunks in progress, so that one lane with a large parent leaves enough of the others. */
const laneCount = (concurrency: number): number => Math.min(MOST_LANES, 2 * concurrency)

/** Returns the lane of a record, from 0 on. Records without a parent are dealt to all lanes. */
export function laneOf(parent: string, row: number, lanes: number): number {
  if (parent === '') return row % lanes
  // FNV-1a.
  let hash = 0x811c9dc5
  for (let at = 0; at < parent.length; at++) hash = Math.imul(hash ^ parent.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % lanes
}

export type Groups = {
  /** Position of the parent in a row of the source. */
  readonly position: number
  readonly lanes: number
  /** Gives the parent that a value of the source means. */
  readonly read: (value: string) => string
}

/** The parent of a record; blank when the row is too short. */
export function parentIn(batch: CellBatch, record: number, { position, read }: Groups): string {
  const cell = (batch.firstCells[record] as number) + position
  return cell < (batch.firstCells[record + 1] as number) ? read(cellText(batch, cell)) : ''
}

export function groupsOf(spec: SyncSpec, plan: SyncPlan, { positionOf }: CompiledMapping): Groups | undefined {
  if (!isGrouped(spec, plan)) return undefined
  const { fields, groupColumn } = plan
  const [lookup] = fields.flatMap(({ target, mapping }) =>
    target.type === 'reference' && sourceColumns(mapping)[0] === groupColumn ? [mapping] : [],
  )
  return { position: positionOf(groupColumn), lanes: laneCount(spec.concurrency), read: readingOf(lookup) }
}

/** The reading of a value of the column, such that all spellings of one parent have one. */
function readingOf(lookup: FieldMapping | undefined): Groups['read'] {
  if (lookup === undefined) return trimValue
  if ('from' in lookup) return value => canonicalText(value).toLowerCase()
  const isRead = 'column' in lookup && (lookup.values !== undefined || lookup.default !== undefined)
  return isRead ? compileReading(lookup) : trimValue
}

import type { ColumnMapping } from '../../../packages/client/contract/fieldMapping.ts'
import type { Operation } from '../../../packages/client/contract/operations.ts'
import { CellReader } from '../../csv/cellReader.ts'
import { leadingNumber } from '../../csv/recordBytes.ts'
import { isSearched, type SyncPlan, searchedFields, wireColumns } from '../../plan/syncPlan.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { isTranslated } from '../../values/valueMap.ts'
import { chunkFiles, keyedChunkFiles } from '../layout.ts'
import { visitRecords } from '../match/chunkRecords.ts'
import type { StagedChunk } from '../staged.ts'

type KeyVisitor = {
  /** @param key the cell with a value by which the record was found */
  readonly take: (row: number, key: CellReader) => void
  /** Runs after each batch of records. */
  readonly flush: () => Promise<void>
}

/** Visits the keys of a run that are in no result: those that the sync repeats as an identity field are left out. */
export async function visitSentKeys(
  store: RunStore,
  plan: SyncPlan,
  chunks: readonly StagedChunk[],
  signal: AbortSignal,
  { take, flush }: KeyVisitor,
): Promise<void> {
  const key = new CellReader()
  for (const { chunk, operation } of chunks) {
    const columns = keyColumns(plan, operation)
    if (columns.length === 0) continue
    const files = isSearched(plan, operation) ? keyedChunkFiles(chunk) : chunkFiles(chunk, 1)
    await visitRecords(store, signal, files, {
      take: (bytes, start, end, source) => {
        const row = leadingNumber(source.bytes, source.start)
        for (const at of columns) take(row, key.readAt(at, bytes, start, end - 1))
      },
      flush,
    })
  }
}

/** The columns of the keys in the chunks of an operation, without those that the results have. */
function keyColumns(plan: SyncPlan, operation: Operation): readonly number[] {
  const names = wireColumns(plan, operation).map(({ name }) => name)
  return searchedFields(plan, operation).flatMap(({ mapping, wireName }, index) => {
    if ('column' in mapping && isWrittenAsSent(mapping) && plan.identityFields.includes(mapping.column)) return []
    const at = isSearched(plan, operation) ? index : names.indexOf(wireName)
    return at < 0 ? [] : [at]
  })
}

/** Whether the results have the key where they have its column. */
const isWrittenAsSent = (mapping: ColumnMapping): boolean => !isTranslated(mapping) && mapping.default === undefined

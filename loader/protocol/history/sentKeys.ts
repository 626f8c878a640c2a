import type { Operation } from '../../../packages/client/contract/operations.ts'
import { identifyingFields, isSearched, type SyncPlan, wireColumns } from '../../plan/syncPlan.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { chunkFiles, keyedChunkFiles } from '../layout.ts'
import { pairedLines } from '../runRecords.ts'
import type { StagedChunk } from '../staged.ts'

/** A value by which a record was found, as it was sent. */
type SentKey = { readonly row: number; readonly key: string }

/** The keys of a run that are in no result: those that the sync repeats as an identity field are left out. */
export async function* sentKeys(
  store: RunStore,
  plan: SyncPlan,
  chunks: readonly StagedChunk[],
): AsyncGenerator<readonly SentKey[]> {
  for (const { chunk, operation } of chunks) {
    const columns = keyColumns(plan, operation)
    if (columns.length === 0) continue
    const files = isSearched(plan, operation) ? keyedChunkFiles(chunk) : chunkFiles(chunk, 1)
    for await (const pairs of pairedLines(store, files.rows, files.csv)) {
      yield pairs.flatMap(([[row = ''], cells]) => keysOf(cells, columns).map(key => ({ row: Number(row), key })))
    }
  }
}

const keysOf = (cells: readonly string[], columns: readonly number[]): readonly string[] =>
  columns.flatMap(at => cells[at] || [])

/** The columns of the keys in the chunks of an operation, without those that the results have. */
function keyColumns(plan: SyncPlan, operation: Operation): readonly number[] {
  const names = wireColumns(plan, operation).map(({ name }) => name)
  return identifyingFields(plan, operation).flatMap(({ mapping, wireName }, index) => {
    if ('column' in mapping && plan.identityFields.includes(mapping.column)) return []
    const at = isSearched(plan, operation) ? index : names.indexOf(wireName)
    return at < 0 ? [] : [at]
  })
}

import type { Operation } from '../../../packages/client/contract/operations.ts'
import { identifyingField, isSearched, type SyncPlan, wireColumns } from '../../plan/syncPlan.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { chunkFiles, keyedChunkFiles } from '../layout.ts'
import { pairedLines } from '../runRecords.ts'
import type { StagedChunk } from '../staged.ts'

/** The key by which a record was sent, as it was sent. */
type SentKey = { readonly row: number; readonly key: string }

/** The keys of a run that are in no result: those that the sync repeats as an identity field are left out. */
export async function* sentKeys(
  store: RunStore,
  plan: SyncPlan,
  chunks: readonly StagedChunk[],
): AsyncGenerator<readonly SentKey[]> {
  for (const { chunk, operation } of chunks) {
    const at = keyColumn(plan, operation)
    if (at === undefined) continue
    const files = isSearched(plan, operation) ? keyedChunkFiles(chunk) : chunkFiles(chunk, 1)
    for await (const pairs of pairedLines(store, files.rows, files.csv)) {
      yield pairs.map(([[row = ''], cells]) => ({ row: Number(row), key: cells[at] ?? '' }))
    }
  }
}

/** The column of the key in the chunks of an operation; undefined when the results have the key, or there is none. */
function keyColumn(plan: SyncPlan, operation: Operation): number | undefined {
  const field = identifyingField(plan, operation)
  if (field === undefined) return undefined
  const { mapping } = field
  if ('column' in mapping && plan.identityFields.includes(mapping.column)) return undefined
  if (isSearched(plan, operation)) return 0
  const at = wireColumns(plan, operation).findIndex(({ name }) => name === field.wireName)
  return at < 0 ? undefined : at
}

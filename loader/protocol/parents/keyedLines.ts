// The results of an earlier run, each with the values of columns of its source.
import type { RowRange } from '../../results/mergeByRow.ts'
import type { ResultBatch, ResultParts } from '../../results/resultBatch.ts'
import type { EarlierFiles } from '../earlier/finalResults.ts'
import { SourceKeys } from './sourceKeys.ts'

/** Visits the lines of rows with a key. Records that were missing in the source follow its rows: they have none. */
export async function visitLines(
  earlier: EarlierFiles,
  lines: AsyncIterable<readonly RowRange<ResultBatch>[]>,
  by: readonly string[],
  visit: (key: readonly string[], row: number, batch: ResultBatch, at: number) => void,
): Promise<void> {
  const keys = await SourceKeys.open(earlier, by)
  try {
    for await (const ranges of lines) {
      for (const { batch, from, to } of ranges) {
        for (let at = from; at < to; at++) {
          const row = batch.rows[at] as number
          if (row > earlier.sourceRecords) return
          if (!keys.has(row)) await keys.advance(row)
          const key = keys.at(row)
          if (key !== undefined) visit(key, row, batch, at)
        }
      }
    }
  } finally {
    await keys.close()
  }
}

/** Whether the org has a record for a result. */
export const hasRecord = ({ outcome }: ResultParts): boolean =>
  outcome === 'created' || outcome === 'updated' || outcome === 'unchanged'

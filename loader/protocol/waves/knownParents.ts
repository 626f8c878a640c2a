import type { RowLinks } from '../../matching/rowLinks.ts'
import type { KeyHash } from '../../matching/rowTable.ts'
import { ResultParts } from '../../results/resultBatch.ts'
import { earlierRunOf } from '../../spec/earlierRun.ts'
import type { RunStores } from '../../storage/runStore.ts'
import { canonicalText } from '../../values/text.ts'
import { finalResults, readEarlier } from '../earlier/finalResults.ts'
import { hasRecord, visitLines } from '../parents/keyedLines.ts'
import type { PlannedRun } from '../runRecords.ts'

/** A reference of a run whose source has only the records that failed in an earlier one. */
export type WaitingLinks = {
  readonly links: RowLinks
  /** The columns by which rows name each other. */
  readonly by: readonly string[]
  readonly hashOf: (key: readonly string[]) => KeyHash
}

/**
 * Finds the parents that earlier runs have loaded, of a run that loads their failed records again: the run before, which may be such a run itself, and
 * so on. Adds the Ids to `known`.
 */
export async function findKnownParents(
  runStores: RunStores,
  { spec }: Pick<PlannedRun, 'spec'>,
  { links, by, hashOf }: WaitingLinks,
  known: string[],
): Promise<void> {
  const parts = new ResultParts()
  for (let earlier = earlierRunOf(spec.source); earlier?.kind === 'retry'; ) {
    const files = await readEarlier(runStores.open(earlier.runId), earlier.runId)
    await visitLines(files, finalResults(files), by, (key, _, batch, at) => {
      if (!hasRecord(parts.read(batch, at))) return
      if (!links.know(hashOf(key.map(canonicalText)), known.length)) return
      known.push(batch.bytes.toString('latin1', parts.outcomeEnd + 1, parts.idEnd))
    })
    earlier = earlierRunOf(files.run.spec.source)
  }
}

import type { CellReader } from '../../../csv/cellReader.ts'
import { compilePlanLine, planHeader } from '../../../results/planLines.ts'
import { chunkFiles } from '../../layout.ts'
import type { StagedChunk } from '../../staged.ts'
import { sourceOf, visitRecords } from '../chunkRecords.ts'
import { CopiedFile } from '../copiedFile.ts'
import type { Comparing } from './comparedChunk.ts'
import { compileNewValues, readCells } from './recordComparison.ts'

/** Writes the verdicts of a chunk of creates, which are sent as they were staged. */
export async function planCreates(
  { store, run, counts, step }: Comparing,
  { chunk, operation }: StagedChunk,
): Promise<void> {
  const files = chunkFiles(chunk, 1)
  const line = compilePlanLine(run.plan)
  const newValues = compileNewValues(run.plan, operation, 0)
  const plan = new CopiedFile(store.writer(files.plan))
  const cells: CellReader[] = []
  try {
    plan.addText(planHeader(run.plan))
    await visitRecords(store, step.signal, files, {
      take: (bytes, start, end, source) => {
        readCells(cells, bytes, start, end - 1)
        const { row, identity } = sourceOf(source)
        const record = { row, verdict: 'create', operation, id: '', errorCode: '', errorMessage: '' } as const
        plan.addText(line({ ...record, changes: newValues(cells) }, identity))
        counts.add('create')
      },
      flush: () => plan.flush(),
    })
    await plan.finish()
  } catch (error) {
    await plan.discard()
    throw error
  }
}

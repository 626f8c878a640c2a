import type { CellReader } from '../../../csv/cellReader.ts'
import { compilePlanLine, planHeader } from '../../../results/planLines.ts'
import { chunkFiles, unfilledChunkFiles } from '../../layout.ts'
import type { StagedChunk } from '../../staged.ts'
import { plannedLine } from '../../waves/plannedParents.ts'
import { sourceOf, visitRecords } from '../chunkRecords.ts'
import { CopiedFile } from '../copiedFile.ts'
import type { Comparing } from './comparedChunk.ts'
import { compileNewValues, readCells } from './recordComparison.ts'

/** Writes the verdicts of a chunk of creates, which are sent as they were staged, or once the Ids of their parents are filled in. */
export async function planCreates(
  { store, run, phase, counts, errors, step }: Comparing,
  { chunk, operation, isUnfilled }: StagedChunk,
): Promise<void> {
  const files = chunkFiles(chunk, 1)
  const staged = isUnfilled ? unfilledChunkFiles(chunk) : files
  const parents = isUnfilled ? await plannedLine(store, run.plan, operation) : undefined
  const line = compilePlanLine(run.plan)
  const newValues = compileNewValues(run.plan, operation, 0)
  const plan = new CopiedFile(store.writer(files.plan))
  const cells: CellReader[] = []
  try {
    plan.addText(planHeader(run.plan))
    await visitRecords(store, step.signal, staged, {
      take: (bytes, start, end, source) => {
        const { row, identity } = sourceOf(source)
        const filled = parents?.fill(row, bytes, start, end)
        if (filled !== undefined && 'errorCode' in filled) {
          // A load rejects it when the parents were loaded.
          const verdict = phase === 'plan' ? 'rejected' : 'create'
          plan.addText(line({ row, verdict, operation, id: '', changes: [], ...filled }, identity))
          counts.add(verdict)
          if (phase === 'plan') errors.add({ row, ...filled })
          return
        }
        if (filled === undefined) readCells(cells, bytes, start, end - 1)
        else readCells(cells, filled, 0, filled.length - 1)
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

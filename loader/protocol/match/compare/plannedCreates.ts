import { compilePlanLine, planHeader } from '../../../results/planLines.ts'
import { chunkFiles, unfilledChunkFiles } from '../../layout.ts'
import type { StagedChunk } from '../../staged.ts'
import { sourceOf, visitRecords } from '../chunkRecords.ts'
import { CopiedFile } from '../copiedFile.ts'
import type { Comparing } from './comparedChunk.ts'
import { NewRecord } from './newRecord.ts'

/** Writes the verdicts of a chunk of creates, which are sent as they were staged, or once the Ids of their parents are filled in. */
export async function planCreates(
  { store, run, phase, counts, errors, step }: Comparing,
  staged: StagedChunk,
): Promise<void> {
  const { chunk, operation, isUnfilled } = staged
  const files = chunkFiles(chunk, 1)
  const newRecord = await NewRecord.open(store, run.plan, staged)
  const line = compilePlanLine(run.plan)
  const plan = new CopiedFile(store.writer(files.plan))
  try {
    plan.addText(planHeader(run.plan))
    await visitRecords(store, step.signal, isUnfilled ? unfilledChunkFiles(chunk) : files, {
      take: (bytes, start, end, source) => {
        const { row, identity } = sourceOf(source)
        const rejection = newRecord.read(() => row, bytes, start, end)
        if (rejection !== undefined) {
          // A load rejects it when the parents were loaded.
          const verdict = phase === 'plan' ? 'rejected' : 'create'
          plan.addText(line({ row, verdict, operation, id: '', changes: [], ...rejection }, identity))
          counts.add(verdict)
          if (phase === 'plan') errors.add({ row, ...rejection })
          return
        }
        const record = { row, verdict: 'create', operation, id: '', errorCode: '', errorMessage: '' } as const
        plan.addText(line({ ...record, changes: newRecord.changes }, identity))
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

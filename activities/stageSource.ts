import type { Dependencies } from '../loader/dependencies.ts'
import { stageSource as runStageSource, type StageSourceInput } from '../loader/protocol/stage/stageSource.ts'
import type { StagedSource } from '../loader/protocol/staged.ts'
import { runStep } from './runStep.ts'

/**
 * Reads the whole source once, validates and maps every record, and writes the chunks to send.
 * Retry: safe because nothing is sent before; what an interrupted attempt wrote is written again, and a completely staged source
 * stays staged, whatever happens to the source.
 */
export function stageSource(dependencies: Dependencies) {
  return (input: StageSourceInput): Promise<StagedSource> => runStep(step => runStageSource(dependencies, input, step))
}

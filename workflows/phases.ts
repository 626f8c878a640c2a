// The order in which the chunks of a run are sent: in phases, each after the one before has ended.
import type { StagedChunk } from '../loader/protocol/staged.ts'
import type { Operation } from '../packages/client/contract/operations.ts'

const WRITES = ['update', 'upsert', 'create'] as const satisfies readonly Operation[]

/**
 * Updates first, then upserts, then creates, then deletes: an upsert finds the records that were there before this run created some, and a
 * deletion takes no record with it that this run has moved to another parent. The records of a wave have their parents in the waves before. Of
 * each operation the chunks without a lane come first: they have records of the parents of every lane.
 */
export function phasesOf(chunks: readonly StagedChunk[]): readonly (readonly StagedChunk[])[] {
  const waves = wavesOf(chunks)
  const phase = (operation: Operation, wave: number) => {
    const own = chunks.filter(chunk => chunk.operation === operation && waveOf(chunk) === wave)
    return [own.filter(({ lane }) => lane === undefined), own.filter(({ lane }) => lane !== undefined)]
  }
  return [
    ...waves.flatMap(wave => WRITES.flatMap(operation => phase(operation, wave))),
    ...waves.flatMap(wave => phase('delete', wave)),
  ]
}

/** The waves of the chunks in their order; 0 for the first one. */
export const wavesOf = (chunks: readonly StagedChunk[]): readonly number[] =>
  [...new Set(chunks.map(waveOf))].toSorted((one, other) => one - other)

const waveOf = ({ wave = 0 }: StagedChunk): number => wave

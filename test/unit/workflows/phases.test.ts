import { expect, test } from 'vitest'
import type { StagedChunk } from '../../../loader/protocol/staged.ts'
import { phasesOf } from '../../../workflows/phases.ts'

const chunk = (number: number, operation: StagedChunk['operation'], given: Partial<StagedChunk> = {}): StagedChunk => ({
  ...{ chunk: number, operation, firstRow: number, records: 1 },
  ...given,
})

const numbersOf = (...chunks: readonly StagedChunk[]) =>
  phasesOf(chunks).flatMap(phase => (phase.length === 0 ? [] : [phase.map(one => one.chunk)]))

test('updates are sent first, then upserts, then creates, then deletes, each after the one before has ended', () => {
  expect(
    numbersOf(chunk(1, 'delete'), chunk(2, 'create'), chunk(3, 'upsert'), chunk(4, 'update'), chunk(5, 'create')),
  ).toEqual([[4], [3], [2, 5], [1]])
})

test('chunks of lanes follow the others of their operation', () => {
  expect(numbersOf(chunk(1, 'create', { lane: 0 }), chunk(2, 'create'), chunk(3, 'create', { lane: 1 }))).toEqual([
    [2],
    [1, 3],
  ])
})

test('each wave follows the one before, and deletes follow the last one in waves of their own', () => {
  expect(
    numbersOf(
      chunk(1, 'upsert', { wave: 2 }),
      chunk(2, 'delete', { wave: 1 }),
      chunk(3, 'upsert'),
      chunk(4, 'upsert', { wave: 1 }),
      chunk(5, 'delete'),
    ),
  ).toEqual([[3], [4], [1], [5], [2]])
})

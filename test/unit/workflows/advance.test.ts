import { expect, test, vi } from 'vitest'
import type { RunState } from '../../../workflows/runState.ts'

const shown: string[] = []
const warnings: unknown[] = []

vi.mock('@temporalio/workflow', async original => ({
  ...(await original<typeof import('@temporalio/workflow')>()),
  setCurrentDetails: (details: string) => void shown.push(details),
  log: { warn: (...entry: readonly unknown[]) => void warnings.push(entry) },
}))

const { advance } = await import('../../../workflows/advance.ts')
const { newRunState } = await import('../../../workflows/runState.ts')

test('a page that cannot be drawn does not stop the run: the state changes, and the page says why', () => {
  const state = newRunState('nightly.x', 0)
  advance(state, { stage: 'planning' })
  expect(shown.at(-1)).toContain('Planning')
  // Settings without a title: no page can be drawn of them.
  advance(state, { stage: 'sending', settings: {} as NonNullable<RunState['settings']> })
  expect(state.stage).toBe('sending')
  expect(shown.at(-1)).toMatch(/^This page could not be drawn \(TypeError: .+\); the run is not affected/)
  expect(warnings).toMatchObject([['The page of a run could not be drawn', { run: 'nightly.x' }]])
})

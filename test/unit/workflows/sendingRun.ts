// A run in the state of its workflow, for the texts about it.
import type { RunState } from '../../../workflows/runState.ts'

export const START = Date.UTC(2026, 10, 25, 2, 13, 5)

const chunk = (number: number) => ({
  chunk: number,
  operation: 'create' as const,
  firstRow: number * 10 - 9,
  records: 10,
})
export const chunks = Array.from({ length: 100 }, (_, index) => chunk(index + 1))

/** A run that sends a hundred chunks of ten records. */
export const sending = (more: Partial<RunState> = {}): RunState => ({
  ...{
    runId: 'nightly.x',
    plans: false,
    appliesPlan: false,
    stage: 'sending',
    report: undefined,
    planned: undefined,
    failure: undefined,
    notificationError: undefined,
    paused: undefined,
    flow: undefined,
  },
  settings: {
    ...{
      connection: 'production',
      object: 'Contact',
      concurrency: 100,
      resendDelay: 1,
      hardDelete: false,
      maxAttempts: 5,
      inlineResults: false,
    },
    ...{ location: '/runs/nightly.x', searchAttributes: [], searchValues: {}, notifies: false },
    title: { operation: 'create', object: 'Contact', connection: 'production', source: 'file:a|b.csv' },
  },
  staged: { records: 1_000, rejected: 0, rejections: [], engine: 'bulk', chunks },
  sent: {
    tally: { created: 480, updated: 0, deleted: 0, unchanged: 0, failed: 20, inDoubt: 0 },
    rejections: [],
    done: 50,
  },
  begin: { at: START, settled: 0 },
  inProgress: new Map(),
  overBudget: new Map(),
  startedAt: START,
  step: { what: 'starts to send', since: START },
  ...more,
})

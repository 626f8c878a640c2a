// Runs in a run store, written by hand: also damaged ones that our code never writes.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { EndedExecution, StartedExecution } from '../../loader/runs/runDocuments.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'

export type StoredRuns = {
  /** Writes a file; an object as JSON. */
  write(path: string, content: string | object): Promise<void>
  started(runId: string, day: number, more?: Partial<StartedExecution>): Promise<void>
  ended(runId: string, day: number, more: Pick<EndedExecution, 'outcome' | 'failure'>): Promise<void>
  reported(runId: string, day: number, more: Partial<RunReport>): Promise<void>
}

export const EXECUTION = '0a1b2c3d-0000-4000-8000-000000000001'

/** Runs of November 2026, each with one execution that took a minute. */
export function storedRuns(root: string): StoredRuns {
  const time = (day: number, minute: string) => `2026-11-${String(day).padStart(2, '0')}T01:${minute}:00`
  const write = async (path: string, content: string | object): Promise<void> => {
    const place = join(root, path)
    await mkdir(dirname(place), { recursive: true })
    await writeFile(place, typeof content === 'string' ? content : JSON.stringify(content))
  }
  return {
    write,
    started: (runId, day, more = {}) =>
      write(`${runId}/executions/${EXECUTION}.started.json`, {
        workflowId: `sync/${runId.replace('.', '/')}`,
        sync: runId.split('.')[0],
        connection: 'production',
        object: 'Contact',
        operation: 'create',
        startedAt: time(day, '00'),
        ...more,
      }),
    ended: (runId, day, more) =>
      write(`${runId}/executions/${EXECUTION}.ended.json`, { finishedAt: time(day, '01'), ...more }),
    reported: (runId, day, more) =>
      write(`${runId}/report.json`, {
        ...{ runId, outcome: 'completed', connection: 'production', object: 'Contact', operation: 'create' },
        ...{
          engine: 'bulk',
          records: 3_000,
          tally: { created: 3_000, updated: 0, deleted: 0, unchanged: 0, failed: 0, inDoubt: 0 },
        },
        ...{ errors: [], files: {}, startedAt: time(day, '00'), finishedAt: time(day, '01'), warnings: [] },
        ...more,
      }),
  }
}

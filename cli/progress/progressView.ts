import type { SyncProgress } from '../../packages/client/contract/syncRecords.ts'

/** Shows the progress of a run on standard error. */
export type ProgressView = {
  update(progress: SyncProgress): void
  /** Prints a line besides the progress. */
  note(line: string): void
  end(): void
}

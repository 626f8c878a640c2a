import type { SyncProgress } from '../../packages/client/contract/syncRecords.ts'

/** Shows how a run goes, on standard error. */
export type ProgressView = {
  update(progress: SyncProgress): void
  /** A line beside the progress. */
  note(line: string): void
  end(): void
}

import type { RunSettings } from '../activities/runSettings.ts'
import type { StagedSource } from '../loader/protocol/staged.ts'
import type { ErrorCount, Tally } from '../packages/client/contract/runReport.ts'

/** The state of a run that continues as new, because its history has grown long. */
export type SyncRecordsResume = {
  readonly settings: RunSettings
  readonly staged: StagedSource
  /** Chunks settled so far, in sending order. */
  readonly done: number
  readonly tally: Tally
  /** Why records were rejected so far, without their values. */
  readonly rejections: readonly ErrorCount[]
}

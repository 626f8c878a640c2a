import type { SalesforceConnection } from '../../salesforce/salesforceConnection.ts'
import type { Step } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import type { PlannedRun } from '../runRecords.ts'
import type { MatchPhase } from './compare/comparedFiles.ts'
import type { MatchLimits } from './matchLimits.ts'

/** A run whose records are searched for. */
export type MatchedRun = {
  readonly salesforce: SalesforceConnection
  readonly store: RunStore
  readonly run: PlannedRun
  readonly phase: MatchPhase
  readonly step: Step
  readonly limits: MatchLimits
}

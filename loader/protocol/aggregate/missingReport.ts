import type { PlanReport } from '../../../packages/client/contract/planRecords.ts'
import type { MissingReport, RunReport } from '../../../packages/client/contract/runReport.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { MISSING_FILE } from '../layout.ts'
import type { PlannedRun } from '../runRecords.ts'
import type { MatchedRecords } from '../staged.ts'

type Found = {
  readonly store: Pick<RunStore, 'location'>
  readonly run: PlannedRun
  readonly matched: MatchedRecords | undefined
  /** Whether nothing is sent yet. */
  readonly isPlan: boolean
}

/** The report with what was found of missing records, if the sync looks for them. */
export function withMissingReport<Report extends RunReport | PlanReport>(
  report: Report,
  { store, run: { plan, spec }, matched, isPlan }: Found,
): Report {
  if (plan.missing === undefined || matched?.missing === undefined) return report
  const { action } = plan.missing
  const { found, inScope } = matched.missing
  const file = action === 'report' ? { file: `${store.location}/${MISSING_FILE}` } : {}
  const missing: MissingReport = { action, found, inScope, ...file }
  const warnings = missingWarnings(plan.object, missing, spec.maxDeleted, isPlan)
  return { ...report, missing, warnings: [...report.warnings, ...warnings] }
}

const count = (records: number): string => records.toLocaleString('en-US')

/** What a person must know of the missing records of a run. @param isPlan whether nothing is sent yet */
function missingWarnings(
  object: string,
  { action, found, inScope, file }: MissingReport,
  maxDeleted: number,
  isPlan: boolean,
): readonly string[] {
  const words = `The source does not have ${count(found)} of the ${count(inScope)} ${object} records in the scope`
  if (found === 0) return []
  if (action === 'report') return [`${words}: ${file}`]
  if (!isPlan || action !== 'delete' || found <= maxDeleted) return []
  return [`${words}, and maxDeleted allows to delete ${count(maxDeleted)}: a run would send nothing`]
}

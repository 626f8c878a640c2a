import type { RecordResult } from '../packages/client/contract/runReport.ts'

export type Outcome = RecordResult['outcome']
export const OUTCOMES = ['created', 'updated', 'failed', 'in_doubt'] as const satisfies readonly Outcome[]

import type { RecordResult } from '../loader/results/recordResult.ts'

export type Outcome = RecordResult['outcome']
export const OUTCOMES = ['created', 'updated', 'failed', 'in_doubt'] as const satisfies readonly Outcome[]

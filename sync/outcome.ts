import type { RecordResult } from '../packages/client/contract/recordResult.ts'

export type Outcome = RecordResult['outcome']
export const OUTCOMES = ['created', 'updated', 'failed', 'in_doubt'] as const satisfies readonly Outcome[]

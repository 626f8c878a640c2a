import { selfReferences } from './selfReferences.ts'
import type { SyncPlan } from './syncPlan.ts'

/** Whether all records of the source are looked at before the first of them is staged: by `scanSource`. */
export const isScanned = (plan: SyncPlan): boolean =>
  plan.fields.some(({ mapping }) => 'lookup' in mapping) || selfReferences(plan).length > 0

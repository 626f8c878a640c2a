import { isFilled, selfReferences } from './selfReferences.ts'
import type { SyncPlan } from './syncPlan.ts'

/** Whether all records of the source are looked at before the first of them is staged: by `scanSource`. */
export const isScanned = (plan: SyncPlan): boolean => needsScan(plan) || selfReferences(plan).length > 0

/** Whether they cannot be staged otherwise. Where Salesforce finds the parents, only the order of the records is lost. */
export const needsScan = (plan: SyncPlan): boolean =>
  isFilled(plan) || plan.fields.some(({ mapping }) => 'lookup' in mapping)

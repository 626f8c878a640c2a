import type { Operation } from '../../packages/client/contract/syncSpec.ts'
import type { PlannedField, SyncPlan } from './plan.ts'

/**
 * The mapped field whose value tells the records of an operation apart: the key field on update, the External ID on
 * upsert. On create a unique External ID, of which the org rejects a second; most creates have none.
 */
export function identifyingField(plan: SyncPlan, operation: Operation): PlannedField | undefined {
  switch (operation) {
    case 'create':
      return plan.fields.find(isUniqueExternalId)
    case 'update':
      return plan.fields.find(({ name }) => name === plan.keyField)
    case 'upsert':
      return plan.fields.find(({ name }) => name === plan.externalIdField)
  }
}

function isUniqueExternalId({ relationship, target }: PlannedField): boolean {
  return !relationship && target.externalId && target.unique && target.createable
}

import type { Operation } from '../../packages/client/contract/operations.ts'
import type { FieldDescribe } from '../salesforce/describe.ts'
import type { PlannedField, SyncPlan } from './syncPlan.ts'

/** One column of what is sent for an operation. */
export type WireColumn = {
  /** Header of the column in an ingest job. */
  readonly name: string
  /** The field whose type the values have. */
  readonly valueField: FieldDescribe
  /** The mapped field; absent for an `Id` that is found before sending. */
  readonly field?: PlannedField
}

/**
 * The columns sent for an operation, in order. On update `Id` comes first and the key field is left out: it finds the
 * record, and is not written. On create an `Id`, or a key that cannot be set, is left out.
 */
export function wireColumns(plan: SyncPlan, operation: Operation): readonly WireColumn[] {
  const { keyField, externalIdField } = plan
  switch (operation) {
    case 'create':
      return plan.fields.filter(({ name, target }) => name !== 'Id' && target.createable).map(toColumn)
    case 'update':
      return [idColumn(plan), ...plan.fields.filter(field => isUpdated(field, keyField)).map(toColumn)]
    case 'upsert':
      return plan.fields
        .filter(({ name, target }) => name === externalIdField || (target.createable && target.updateable))
        .map(toColumn)
  }
}

function isUpdated({ name, target }: PlannedField, keyField: string | undefined): boolean {
  return name !== keyField && name !== 'Id' && target.updateable
}

function idColumn(plan: SyncPlan): WireColumn {
  const mapped = plan.keyField === 'Id' ? plan.fields.find(({ name }) => name === 'Id') : undefined
  return mapped ? toColumn(mapped) : { name: 'Id', valueField: plan.idField }
}

const toColumn = (field: PlannedField): WireColumn => ({ name: field.wireName, valueField: field.valueField, field })

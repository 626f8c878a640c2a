import type { FieldSchema, FieldType, ObjectSchema } from '../schema/types.ts'
import type { SelectedColumn } from '../soql/types.ts'

function apexType(type: FieldType): string {
  switch (type) {
    case 'id':
    case 'reference':
      return 'Id'
    case 'boolean':
      return 'Boolean'
    case 'double':
    case 'currency':
    case 'percent':
      return 'Double'
    case 'int':
      return 'Integer'
    case 'date':
      return 'Date'
    case 'datetime':
      return 'Datetime'
    case 'time':
      return 'Time'
    default:
      return 'String'
  }
}

function flags(field: FieldSchema | undefined) {
  return {
    custom: field?.custom ?? false,
    insertable: field?.createable ?? false,
    updatable: field?.updateable ?? false,
  }
}

// The keys in the order of the answers that the Salesforce CLI gets: alphabetical.
function metadata({ name, displayName, type, field, lookup, isAggregate, columns }: SelectedColumn): object {
  const apex = type === undefined ? null : apexType(type)
  const { custom, insertable, updatable } = flags(field)
  return {
    aggregate: isAggregate,
    apexType: apex,
    booleanType: apex === 'Boolean',
    columnName: name,
    custom,
    displayName,
    foreignKeyName: lookup ?? null,
    insertable,
    joinColumns: columns.map(metadata),
    numberType: apex === 'Double' || apex === 'Integer',
    textType: apex === 'String' || apex === 'Id',
    updatable,
  }
}

/** The answer of a query with `?columns=true`: the columns instead of the rows, as `sf data query` asks for them. */
export function columnMetadataBody(object: ObjectSchema, columns: readonly SelectedColumn[], isGrouped: boolean) {
  return {
    columnMetadata: columns.map(metadata),
    entityName: object.name,
    groupBy: isGrouped,
    idSelected: columns.some(({ name }) => name === 'Id'),
    keyPrefix: object.keyPrefix,
  }
}

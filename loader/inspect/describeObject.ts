import type {
  DescribedField,
  DescribeObjectAnswer,
  DescribeObjectInput,
} from '../../packages/client/contract/inspection.ts'
import type { FieldDescribe } from '../salesforce/describe.ts'
import type { Dependencies } from '../step.ts'

/**
 * Describes an object as the integration user sees it.
 */
export async function describeObject(
  { connection }: Pick<Dependencies, 'connection'>,
  input: DescribeObjectInput,
): Promise<DescribeObjectAnswer> {
  const described = await connection(input.connection).describe(input.object)
  return {
    connection: input.connection,
    object: described.name,
    label: described.label,
    createable: described.createable,
    updateable: described.updateable,
    fields: described.fields.map(describedField),
  }
}

function describedField(field: FieldDescribe): DescribedField {
  return {
    name: field.name,
    label: field.label,
    type: field.type,
    length: field.length,
    required: field.createable && !field.nillable && !field.defaultedOnCreate,
    createable: field.createable,
    updateable: field.updateable,
    externalId: field.externalId,
    unique: field.unique,
  }
}

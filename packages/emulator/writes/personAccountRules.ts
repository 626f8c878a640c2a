import type { Table } from '../records/table.ts'
import type { FieldSchema } from '../schema/types.ts'
import type { RecordError } from '../values/recordError.ts'
import { lockedFields, missingFields } from './writePlan.ts'

function isPersonField({ name, compoundFieldName, extraTypeInfo }: FieldSchema): boolean {
  return name.startsWith('Person') || (compoundFieldName === 'Name' && extraTypeInfo === 'personname')
}

/**
 * The error of an account in an org with person accounts. A person has a LastName and no Name of its own, which Salesforce composes; a
 * business has a Name and no fields of a person. `cellOf` returns a value after the write, `given` the fields that get a value.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_guidelines_personaccounts.htm
 */
export function rejectedPerson(
  table: Table,
  place: number | undefined,
  given: () => readonly FieldSchema[],
  cellOf: (fieldName: string) => string,
): RecordError | undefined {
  if (!table.schema.fieldsByName.has('ispersonaccount')) return undefined
  const lastName = place === undefined ? cellOf('LastName') : table.text(place, 'LastName')
  if (lastName !== '') {
    if (given().some(({ name }) => name === 'Name')) return lockedFields(['Name'])
    return cellOf('LastName') === '' ? missingFields(['LastName']) : undefined
  }
  if (cellOf('Name') === '') return missingFields(['Name'])
  const ofPersons = given()
    .filter(isPersonField)
    .map(({ name }) => name)
  return ofPersons.length === 0 ? undefined : lockedFields(ofPersons)
}

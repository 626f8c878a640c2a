import type { Call } from '../http/call.ts'
import { recordView } from '../records/recordView.ts'
import type { Table } from '../records/table.ts'
import type { FieldSchema } from '../schema/types.ts'
import { shownValue } from '../soql/fieldCells.ts'
import { asApiError, recordError } from '../values/recordError.ts'

/** The path of a record. */
export function recordUrl({ apiVersion }: Call, { schema }: Table, id: string) {
  return `/services/data/v${apiVersion}/sobjects/${schema.name}/${id}`
}

/** A record as the API shows it to the caller, with all visible fields or the named ones. Throws INVALID_FIELD for an unknown name. */
export function shownRecord(call: Call, of: Table, place: number, names?: readonly string[]) {
  const { schema } = of
  const isVisible = (field: FieldSchema) => call.caller.access.fieldVisible(schema.name, field.name)
  const fields =
    names?.map(name => {
      const field = schema.fieldsByName.get(name.toLowerCase())
      if (field !== undefined && isVisible(field)) return field
      throw asApiError(recordError('INVALID_FIELD', `No such column '${name}' on sobject of type ${schema.name}`))
    }) ?? schema.fields.filter(isVisible)
  const view = recordView(of, place, call.state.org.userId)
  const url = recordUrl(call, of, of.idOf(place))
  return {
    attributes: { type: schema.name, url },
    ...Object.fromEntries(fields.map(field => [field.name, shownValue(field, view, () => url)])),
  }
}

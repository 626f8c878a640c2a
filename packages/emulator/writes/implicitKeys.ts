import type { Table } from '../records/table.ts'
import { type RecordError, recordError } from '../values/recordError.ts'

/** Fields whose values no two records share, although describe does not say so. The first one finds the other record. */
type ImplicitKey = { readonly fields: readonly [found: string, ...rest: string[]]; readonly error: RecordError }

// https://github.com/openstax/tutor-server/pull/1653; object reference, CampaignMember, "Usage": a person is once in a campaign.
const alreadyMember = recordError('DUPLICATE_VALUE', 'Already a campaign member.', [])

const IMPLICIT_KEYS: Readonly<Record<string, readonly ImplicitKey[]>> = {
  CampaignMember: [
    { fields: ['ContactId', 'CampaignId'], error: alreadyMember },
    { fields: ['LeadId', 'CampaignId'], error: alreadyMember },
  ],
}

function isHeld(
  { fields: [found, ...rest] }: ImplicitKey,
  table: Table,
  cellOf: (name: string) => string,
  self: number,
) {
  const field = table.schema.fieldsByName.get(found.toLowerCase())
  const value = cellOf(found)
  if (field === undefined || value === '') return false
  return table
    .placesWith(field, value)
    .some(
      place => place !== self && table.isLive(place) && rest.every(name => table.text(place, name) === cellOf(name)),
    )
}

/** The error of a record whose implicit key another live record has. `self` is the record's place, -1 for a new one. */
export function rejectedKey(table: Table, cellOf: (name: string) => string, self: number): RecordError | undefined {
  return IMPLICIT_KEYS[table.schema.name]?.find(key => isHeld(key, table, cellOf, self))?.error
}

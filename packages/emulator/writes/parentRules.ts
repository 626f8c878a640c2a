// Records that a record may not refer to, although they exist.
import type { Org } from '../records/org.ts'
import type { Table } from '../records/table.ts'
import { type RecordError, recordError } from '../values/recordError.ts'

/** A record before it is written. */
type Write = {
  /** Undefined for a new record. */
  readonly place: number | undefined
  /** The value that the request gives a field: '' to clear it, undefined to leave it. */
  readonly sent: (fieldName: string) => string | undefined
  /** The value after the write. */
  readonly cellOf: (fieldName: string) => string
}

/** Lookups to a lead that must not be converted. */
const LOOKUPS_OF_LEADS: Readonly<Record<string, string>> = { CampaignMember: 'LeadId', Task: 'WhoId' }

/** Lookups to a parent of the same object, in which no record is above itself. */
const HIERARCHIES: Readonly<Record<string, string>> = { Account: 'ParentId', Campaign: 'ParentId' }

// https://github.com/simple-salesforce/simple-salesforce/issues/341
const convertedLead = recordError('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead', [])

const hierarchy = recordError('CIRCULAR_DEPENDENCY', 'attempt to violate hierarchy constraints', [])

// Object reference, Task: "If the WhoId refers to a lead, then the WhatId field must be empty."
const leadWithWhat = recordError(
  'FIELD_INTEGRITY_EXCEPTION',
  'Related To ID: If the name of the activity is a lead, it cannot be related to another record.',
  ['WhatId'],
)

function textOf(org: Org, objectName: string, id: string, fieldName: string): string {
  const table = org.table(objectName)
  const place = table?.placeOf(id)
  return table === undefined || place === undefined ? '' : table.text(place, fieldName)
}

function inactiveOwner(org: Org, { schema }: Table, ownerId: string | undefined): RecordError | undefined {
  if (ownerId === undefined || org.tableOfId(ownerId)?.schema.name !== 'User') return undefined
  if (textOf(org, 'User', ownerId, 'IsActive') === 'true') return undefined
  const message = `operation performed with inactive user [${ownerId.slice(0, 15)}] as owner of ${schema.label.toLowerCase()}`
  return recordError('INACTIVE_OWNER_OR_USER', message, [])
}

function isConverted(org: Org, leadId: string): boolean {
  return leadId !== '' && textOf(org, 'Lead', leadId, 'IsConverted') === 'true'
}

function isAboveItself(table: Table, place: number, fieldName: string, parentId: string): boolean {
  const own = table.idOf(place)
  const passed = new Set<string>()
  for (let id = parentId; id !== '' && !passed.has(id); ) {
    if (id === own) return true
    passed.add(id)
    const parent = table.placeOf(id)
    id = parent === undefined ? '' : table.text(parent, fieldName)
  }
  return false
}

/** The error of a record that refers to an inactive owner, to a converted lead, or over its parents to itself. */
export function rejectedParent(org: Org, table: Table, { place, sent, cellOf }: Write): RecordError | undefined {
  const { name } = table.schema
  if (name === 'Lead' && place !== undefined && table.text(place, 'IsConverted') === 'true') return convertedLead
  const leadId = sent(LOOKUPS_OF_LEADS[name] ?? '') ?? ''
  if (isConverted(org, leadId)) return convertedLead
  const isOfLead = name === 'Task' && org.tableOfId(cellOf('WhoId'))?.schema.name === 'Lead'
  if (isOfLead && cellOf('WhatId') !== '') return leadWithWhat
  const parent = HIERARCHIES[name]
  const parentId = parent === undefined ? undefined : sent(parent)
  const isRing = place !== undefined && parent !== undefined && isAboveItself(table, place, parent, parentId ?? '')
  return isRing ? hierarchy : inactiveOwner(org, table, sent('OwnerId'))
}

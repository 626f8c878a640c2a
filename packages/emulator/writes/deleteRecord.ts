import type { Writer } from '../records/auditColumns.ts'
import type { Org } from '../records/org.ts'
import { fieldValue } from '../records/recordView.ts'
import type { Table } from '../records/table.ts'
import type { ChildRelationship } from '../schema/types.ts'
import { type RecordError, recordError } from '../values/recordError.ts'

type Member = { readonly table: Table; readonly place: number }
type Child = Member & { readonly relationship: ChildRelationship }

/** The live records that refer to a record. */
function childrenOf(org: Org, { table, place }: Member): readonly Child[] {
  return table.schema.childRelationships.flatMap(relationship => {
    const childTable = org.table(relationship.childSObject)
    const field = childTable?.schema.fieldsByName.get(relationship.field.toLowerCase())
    if (childTable === undefined || field === undefined) return []
    const places = childTable.placesWith(field, table.idOf(place)).filter(child => childTable.isLive(child))
    return places.map(child => ({ table: childTable, place: child, relationship }))
  })
}

function nameOf({ table, place }: Member): string {
  const name = table.schema.fields.find(({ nameField }) => nameField)?.name ?? 'Id'
  return [table.text(place, 'Salutation'), fieldValue(table, place, name, String)].filter(part => part !== '').join(' ')
}

function namesOf(members: readonly Member[]): string {
  return members.map(nameOf).join(', ')
}

// An account with such opportunities is not deleted, although its other opportunities go with it.
function wonOpportunities(account: Member, children: readonly Member[]): RecordError | undefined {
  if (account.table.schema.name !== 'Account') return undefined
  const won = children.filter(
    ({ table, place }) => table.schema.name === 'Opportunity' && fieldValue(table, place, 'IsWon', String) === true,
  )
  if (won.length === 0) return undefined
  const message =
    `Your attempt to delete ${nameOf(account)} could not be completed because some opportunities in this account were closed won. ` +
    `The opportunities that were closed won are shown below.: ${namesOf(won)}\n`
  return recordError('DELETE_FAILED', message, [])
}

// The recorded words name the deleted record and the children that prevent it, with a line end.
function associated(deleted: Member, children: readonly Child[]): RecordError {
  const [{ table } = deleted] = children
  const names = namesOf(children.filter(child => child.table === table))
  const message =
    `Your attempt to delete ${nameOf(deleted)} could not be completed because it is associated with the following ` +
    `${table.schema.labelPlural.toLowerCase()}.: ${names}\n`
  return recordError('DELETE_FAILED', message, [])
}

/**
 * Deletes a record as its children's lookups say: `cascadeDelete` deletes them too, `restrictedDelete` prevents it, and any other lookup
 * is cleared. Returns the function that undoes it, or the error. A hard delete is final.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_delete.htm, "Cascading Deletions"
 */
export function deleteRecord(
  org: Org,
  { table, place }: Member,
  writer: Writer,
  { isHard = false } = {},
): (() => void) | RecordError {
  const doomed: Member[] = [{ table, place }]
  const known = new Set([table.idOf(place)])
  const others: { readonly parent: Member; readonly child: Child }[] = []
  for (const parent of doomed) {
    for (const child of childrenOf(org, parent)) {
      const id = child.table.idOf(child.place)
      if (!child.relationship.cascadeDelete) others.push({ parent, child })
      else if (!known.has(id)) {
        known.add(id)
        doomed.push(child)
      }
    }
  }
  const left = others.filter(({ child }) => !known.has(child.table.idOf(child.place)))
  const restricted = left.filter(({ child }) => child.relationship.restrictedDelete)
  const [first] = restricted
  if (first !== undefined) {
    return associated(
      first.parent,
      restricted.filter(({ parent }) => parent === first.parent).map(({ child }) => child),
    )
  }
  const won = wonOpportunities({ table, place }, doomed)
  if (won !== undefined) return won
  const undos = left.map(({ child }) => cleared(child, writer))
  for (const member of doomed) {
    undos.push(member.table.delete(member.place, writer))
    if (isHard) member.table.forget(member.place)
  }
  return () => {
    for (const undo of undos.reverse()) undo()
  }
}

function cleared({ table, place, relationship }: Child, writer: Writer): () => void {
  const field = table.schema.fieldsByName.get(relationship.field.toLowerCase())
  return field === undefined ? () => undefined : table.update(place, table.shapeOf([field]), [''], writer)
}

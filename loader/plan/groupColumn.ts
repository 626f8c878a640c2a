// The column by whose values the records of a bulk load are grouped, so that jobs side by side do not lock the same parent.
import { sourceColumns } from '../../packages/client/contract/fieldMapping.ts'
import type { Problem } from '../../packages/client/contract/issues.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import type { PlannedField } from './syncPlan.ts'

/** Every write of a child locks its account or its campaign, also where the lookup may be empty. */
const LOCKED_PARENTS = ['Account', 'Campaign']

/** Parents of most records of an object: a lock on them would stop every load. */
const NEVER_LOCKED = ['User', 'Group', 'RecordType']

/**
 * Finds the lookup of `groupBy`, or with `auto` the first one that locks its parent: a required one, as every master-detail
 * relationship is, else one to an account or a campaign. Returns undefined when records need no order.
 * https://resources.docs.salesforce.com/latest/latest/en-us/sfdc/pdf/record_locking_cheatsheet.pdf
 */
export function groupColumn({ groupBy }: SyncSpec, fields: readonly PlannedField[]): string | Problem | undefined {
  if (groupBy === 'none') return undefined
  if (groupBy !== 'auto') return namedColumn(groupBy, fields)
  const lookups = fields.filter(isLookup)
  const first =
    lookups.find(({ target }) => !target.nillable) ?? lookups.find(({ target }) => isTo(target, LOCKED_PARENTS))
  return first && columnOf(first)
}

function namedColumn(groupBy: string, fields: readonly PlannedField[]): string | Problem {
  const field = fields.find(({ name }) => name.toLowerCase() === groupBy.toLowerCase())
  const column = field && isLookup(field) ? columnOf(field) : undefined
  if (column !== undefined) return column
  const lookups = fields.filter(isLookup).map(({ name }) => name)
  const choice = [...lookups, 'auto', 'none'].join(', ')
  return {
    path: ['groupBy'],
    message: `${groupBy} is not a lookup that this sync maps from a column; use one of ${choice}`,
  }
}

const isLookup = ({ target, mapping }: PlannedField): boolean =>
  target.type === 'reference' && !('value' in mapping) && !isTo(target, NEVER_LOCKED)

const isTo = ({ referenceTo }: PlannedField['target'], parents: readonly string[]): boolean =>
  referenceTo.some(parent => parents.includes(parent))

const columnOf = ({ mapping }: PlannedField): string | undefined => sourceColumns(mapping)[0]

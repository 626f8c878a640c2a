// Columns whose values are the key of another row of the source: the parent of the record.
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import { rankOf } from './candidates.ts'
import { type ColumnFacts, isMostly } from './columnFacts.ts'
import { bareApiName, formsOf, formsOfAll, shareOne } from './columnName.ts'
import { type Target, writable } from './lookups.ts'

/** A column with the fields that it may fill. */
type Row = { readonly facts: ColumnFacts; readonly targets: readonly (Target & { readonly fits: 'yes' | 'no' })[] }

const KEY_WORDS = '|id|code|number|key|ref|reference|external id|nummer|kennung|numero|codigo|codice|kod'.split('|')

/** Names of a column for the usual parent of the same object. */
const PARENT_NAMES = 'parent|superior|übergeordnet|übergeordnete|Mutter|padre|nadrzędny'.split('|')

/** Two rows that name their parents may do so by chance. */
const FEWEST_CHILDREN = 2

/**
 * Lookups to a row of the same source, by the column that has its key. A parent that has an External ID in the source is found by it, which
 * Salesforce does itself.
 */
export function rowParentTargets(
  { name, kind, filled, distinct }: ColumnFacts,
  rows: readonly Row[],
  object: ObjectDescribe,
): readonly Target[] {
  if (kind === undefined || kind === 'recordId' || filled.length < FEWEST_CHILDREN) return []
  const forms = formsOf(name)
  const lookups = writable(object).filter(
    field => field.type === 'reference' && field.referenceTo.includes(object.name) && shareOne(forms, namesOf(field)),
  )
  const [keyed, ...others] = rows.filter(({ facts }) => isKeyOf(facts, distinct, name))
  if (lookups.length === 0 || keyed === undefined || others.length > 0) return []
  const external = keyed.targets.find(
    ({ key, certainty, fits }) =>
      fits === 'yes' && rankOf(certainty) >= rankOf('synonym') && externalIdOf(object, key) !== undefined,
  )
  const reason = `its values are those of ${keyed.facts.name} in other rows`
  return lookups.flatMap(({ name: sets, relationshipName }): readonly Target[] => {
    if (external === undefined) {
      return [{ key: sets, sets, certainty: 'label', reason, parent: { sync: 'self', by: keyed.facts.name } }]
    }
    return relationshipName === null
      ? []
      : [{ key: `${relationshipName}.${external.key}`, sets, certainty: 'label', reason }]
  })
}

const externalIdOf = ({ fields }: ObjectDescribe, key: string): FieldDescribe | undefined =>
  fields.find(field => field.name === key && field.externalId)

/** Whether a column has a value of its own in each row, and those of the other column are among them. */
function isKeyOf(
  { name, values, filled, distinct }: ColumnFacts,
  parents: ReadonlySet<string>,
  child: string,
): boolean {
  const isUnique = filled.length === values.length && distinct.size === filled.length
  return name !== child && name !== '' && isUnique && isMostly([...parents], value => distinct.has(value))
}

function namesOf({ name, relationshipName, label }: FieldDescribe): ReadonlySet<string> {
  const usual = name === 'ParentId' ? PARENT_NAMES : []
  const own = [bareApiName(relationshipName ?? name), label.replace(/\s+ID$/i, ''), ...usual]
  return formsOfAll(own.flatMap(one => KEY_WORDS.map(word => `${one} ${word}`)).join('|'))
}

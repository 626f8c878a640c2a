// Finds the parents of a mapped field among the records that were searched for in the org.
import type { LookupMapping } from '../../../packages/client/contract/fieldMapping.ts'
import type { ValueFormats } from '../../../packages/client/contract/syncSpec.ts'
import type { LineBuffer } from '../../csv/lineBuffer.ts'
import type { ParentTable } from '../../mapping/parentTable.ts'
import type { KeyCell } from '../../matching/recordKeys.ts'
import type { LookupObject } from '../../plan/planLookup.ts'
import type { PlannedField } from '../../plan/syncPlan.ts'
import { shownValue, type ValueProblem } from '../../values/valueProblem.ts'
import type { FoundInObject } from './foundInObject.ts'
import { compileLookupKey, isFoundByText } from './lookupKey.ts'

/** Ids that a message names. */
const SHOWN_IDS = 5

type Place = {
  readonly searched: LookupObject
  readonly found: FoundInObject
  readonly keyOf: ReturnType<typeof compileLookupKey>
}

type Reader = { readonly label: string; readonly mapping: LookupMapping; readonly places: readonly Place[] }

/** @param foundIn the records of an object that were searched for */
export function lookupTable(
  { target, lookup = [] }: PlannedField,
  mapping: LookupMapping,
  formats: ValueFormats,
  foundIn: (searched: LookupObject) => FoundInObject,
): ParentTable {
  const places = lookup.map(searched => ({
    searched,
    found: foundIn(searched),
    keyOf: compileLookupKey(searched.by, mapping.from, formats),
  }))
  const reader: Reader = { label: target.label, mapping, places }
  const writeId: ParentTable['writeId'] = (line, bytes, start, end) => writeOnly(reader, line, { bytes, start, end })
  const isByText = lookup.every(({ by }) => isFoundByText(by))
  return { find: values => find(reader, values), ...(isByText ? { writeId } : {}) }
}

/** Writes the Id of the parent that has the value, if it is the only one, or counts as the only one. */
function writeOnly({ mapping, places }: Reader, line: LineBuffer, cell: KeyCell): boolean {
  let only: FoundInObject | undefined
  for (const { found } of places) {
    const count = found.countOf(cell)
    if (count === 0) continue
    if (mapping.many === 'first') {
      found.writeId(line)
      return true
    }
    if (count > 1 || only !== undefined) return false
    only = found
  }
  only?.writeId(line)
  return only !== undefined
}

function find(reader: Reader, values: readonly string[]): string | ValueProblem {
  const { mapping, places } = reader
  let count = 0
  const ids: string[] = []
  const names: string[] = []
  const problems: ValueProblem[] = []
  for (const { searched, found, keyOf } of places) {
    const key = keyOf(values)
    if ('code' in key) {
      // The field of another object may have another type.
      problems.push(key)
      continue
    }
    const own = found.count(key)
    if (own === 0) continue
    if (mapping.many === 'first') return found.id()
    count += own
    names.push(searched.name)
    ids.push(...found.ids())
  }
  if (count === 1) return ids[0] as string
  if (count > 1) return ambiguous(reader, values, { count, ids, names })
  const [problem] = problems
  if (problem !== undefined && problems.length === places.length) return problem
  return mapping.none === 'blank' ? '' : notFound(reader, values)
}

type Several = { readonly count: number; readonly ids: readonly string[]; readonly names: readonly string[] }

function ambiguous(reader: Reader, values: readonly string[], { count, ids, names }: Several): ValueProblem {
  const more = count > Math.min(ids.length, SHOWN_IDS) ? ' …' : ''
  const shown = `${ids.slice(0, SHOWN_IDS).join(', ')}${more}`
  const what = `${count} ${names.join(' and ')} records have ${keyText(reader, values)}: ${shown}`
  return problem(reader, 'PARENT_AMBIGUOUS', `${what}; find them by more fields, or set many: first`)
}

function notFound(reader: Reader, values: readonly string[]): ValueProblem {
  const { mapping, places } = reader
  for (const { searched, found, keyOf } of places) {
    const key = keyOf(values)
    const closed = 'code' in key ? [] : found.closedIds(key)
    if (closed.length > 0) return problem(reader, 'PARENT_NOT_FOUND', closedText(reader, searched, closed, values))
  }
  const names = places.map(({ searched }) => searched.name).join(' or ')
  const counted = mapping.where === undefined ? names : `${names} that meets where`
  return problem(
    reader,
    'PARENT_NOT_FOUND',
    `no ${counted} has ${keyText(reader, values)}; correct it, or set none: blank`,
  )
}

/** Why a record that has the values is no parent. */
function closedText(
  reader: Reader,
  { name, closed }: LookupObject,
  ids: readonly string[],
  values: readonly string[],
): string {
  const one = `the ${name} with ${keyText(reader, values)}, ${ids.join(', ')},`
  return closed?.field === 'IsConverted'
    ? `${one} is converted, and a converted lead has no new records; name its contact or account`
    : `${one} is inactive, and an inactive user owns no new records; activate the user, or name another`
}

const problem = ({ label, mapping }: Reader, code: string, message: string): ValueProblem => ({
  code,
  message: `${label}: ${message} (column ${mapping.from.join(', ')})`,
})

/** `LastName "Aster" and Email "a@x.org"` */
const keyText = ({ mapping: { by } }: Reader, values: readonly string[]): string =>
  by.map((field, index) => `${field} ${JSON.stringify(shownValue(values[index] ?? ''))}`).join(' and ')

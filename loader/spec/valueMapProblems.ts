// What cannot be meant in the mapping of a column with `values`, `unlisted` and `default`.
import { type ColumnMapping, MAX_LISTED_BYTES } from '../../packages/client/contract/fieldMapping.ts'
import type { Problem } from '../../packages/client/contract/issues.ts'
import { jsonBytes } from '../../packages/client/contract/scalars.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { canonicalText, isBlank } from '../values/text.ts'

export function valueMapProblems(spec: Pick<SyncSpec, 'fields' | 'keyField' | 'externalIdField'>): Problem[] {
  const columns = Object.entries(spec.fields).flatMap(([name, mapping]) =>
    'column' in mapping ? [[['fields', name], mapping] as const] : [],
  )
  return [
    ...columns.flatMap(([path, mapping]) => columnProblems(path, mapping)),
    ...keyProblems(spec, columns),
    ...sizeProblems(columns),
  ]
}

/** One value for several records would find one record for all of them. */
function keyProblems(
  { keyField = 'Id', externalIdField }: Pick<SyncSpec, 'keyField' | 'externalIdField'>,
  columns: readonly (readonly [Problem['path'], ColumnMapping])[],
): Problem[] {
  const keys = [[keyField].flat(), [externalIdField ?? []].flat()].flatMap(names => (names.length === 1 ? names : []))
  const isKey = (name: unknown) => keys.some(key => key.toLowerCase() === String(name).toLowerCase())
  return columns.flatMap(([path, { default: blankValue, unlisted }]) => {
    if (!isKey(path.at(-1))) return []
    const given = [
      ...(blankValue === undefined ? [] : ['default']),
      ...(typeof unlisted === 'object' ? ['unlisted'] : []),
    ]
    const message = 'would give several records the same key, and the key finds one record; leave it out'
    return given.map(key => ({ path: [...path, key], message }))
  })
}

function columnProblems(path: Problem['path'], mapping: ColumnMapping): Problem[] {
  const { values, unlisted, default: blankValue } = mapping
  const problems: Problem[] = []
  if (values === undefined && unlisted !== undefined) {
    problems.push({ path: [...path, 'unlisted'], message: 'is for values; give values, or leave unlisted out' })
  }
  if (blankValue !== undefined && isBlank(blankValue)) {
    problems.push({ path: [...path, 'default'], message: 'is blank, as the cell is; leave it out' })
  }
  return values === undefined ? problems : [...problems, ...entryProblems([...path, 'values'], mapping)]
}

/** Entries that no value of a column can choose, and those that two choose. */
function entryProblems(path: Problem['path'], { values = {}, separator }: ColumnMapping): Problem[] {
  const seen = new Map<string, string>()
  const names = Object.keys(values)
  if (names.length === 0) return [{ path, message: 'is empty; give values such as { Herr: Mr. }, or leave it out' }]
  return names.flatMap(name => {
    const text = canonicalText(name)
    const other = seen.get(text)
    seen.set(text, name)
    const problem = (message: string): Problem[] => [
      { path, key: name, message: `key ${JSON.stringify(name)}: ${message}` },
    ]
    if (text === '') return problem('is blank; give default for blank cells')
    if (other !== undefined) return problem(`is the same value as ${JSON.stringify(other)}; leave out one of them`)
    if (separator === undefined || !text.includes(separator)) return []
    return problem(
      'has the separator, so that no value of a cell is this one; leave it out, or choose another separator',
    )
  })
}

function sizeProblems(columns: readonly (readonly [Problem['path'], ColumnMapping])[]): Problem[] {
  const maps = columns.flatMap(([path, { values }]) =>
    values === undefined ? [] : [{ path, bytes: jsonBytes(values) }],
  )
  const bytes = maps.reduce((sum, one) => sum + one.bytes, 0)
  const [largest] = maps.toSorted((a, b) => b.bytes - a.bytes)
  if (largest === undefined || bytes <= MAX_LISTED_BYTES) return []
  const message = `all values of the sync have ${bytes} bytes as JSON; allowed are ${MAX_LISTED_BYTES}; put those of this field into a file, and join it by source.sql and source.tables`
  return [{ path: [...largest.path, 'values'], message }]
}

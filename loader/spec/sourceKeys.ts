import type { Problem } from '../../packages/client/contract/issues.ts'
import { type ExternalSource, READ_FORMATS, type ReadFormat } from '../../packages/client/contract/sourceSpec.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { FORMAT_KEYS, formatOf, keysOf } from '../sources/formats.ts'
import { kindOfSource, SOURCE_TABLE } from '../sources/sourceUri.ts'

/** Keys of a source that its format does not have: what they ask for would silently not happen. */
export function sourceKeyProblems({ source }: SyncSpec): Problem[] {
  if ('inline' in source) return []
  const format = formatOf(source)
  const keys = FORMAT_KEYS.filter(key => source[key] !== undefined && !keysOf(format).includes(key))
  const misplaced = keys.map(key => {
    const formats = READ_FORMATS.filter(one => keysOf(one).includes(key))
    return {
      path: ['source', key],
      message: `is for ${formats.join(' or ')}, and the source is read as ${format}; leave it out, or ${otherwise(formats)}`,
    }
  })
  return [...misplaced, ...(format === 'postgresql' ? databaseProblems(source) : []), ...tableProblems(source)]
}

const otherwise = (formats: readonly ReadFormat[]): string =>
  formats.includes('postgresql') ? 'give the uri of a database, like database:crm' : 'set format beside it'

function databaseProblems({ query, table, format }: ExternalSource): Problem[] {
  if (format !== undefined) return [{ path: ['source', 'format'], message: 'is for files; leave it out' }]
  if (query === undefined && table === undefined) {
    return [{ path: ['source'], message: 'names a database and nothing in it; give query or table' }]
  }
  if (query === undefined || table === undefined) return []
  return [{ path: ['source', 'table'], message: 'is given beside query; leave out one of them' }]
}

function tableProblems({ sql, tables = {} }: ExternalSource): Problem[] {
  const names = Object.keys(tables)
  if (sql === undefined && names.length > 0) {
    return [{ path: ['source', 'tables'], message: 'is for sql, which reads them; give sql, or leave tables out' }]
  }
  // SQL does not distinguish letter case.
  const seen = new Set([SOURCE_TABLE])
  return Object.entries(tables).flatMap(([name, uri]) => {
    const path = ['source', 'tables', name]
    if (seen.has(name.toLowerCase()))
      return [{ path, message: 'is the name of another table, or source; give it another name' }]
    seen.add(name.toLowerCase())
    if (kindOfSource(uri) !== 'database') return []
    return [{ path, message: 'is a database; write the query of the source so that it joins this table' }]
  })
}

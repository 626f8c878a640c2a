import type { Problem } from '../../packages/client/contract/issues.ts'
import { type ExternalSource, READ_FORMATS, type ReadFormat } from '../../packages/client/contract/sourceSpec.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { FORMAT_KEYS, formatOf, keysOf } from '../sources/formats.ts'

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
  return format === 'postgresql' ? [...misplaced, ...databaseProblems(source)] : misplaced
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

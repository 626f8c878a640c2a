import type { Problem } from '../../packages/client/contract/issues.ts'
import { SOURCE_FORMATS } from '../../packages/client/contract/sourceSpec.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { FORMAT_KEYS, formatOf, keysOf } from '../sources/formats.ts'

/** Keys of a source that its format does not have: what they ask for would silently not happen. */
export function sourceKeyProblems({ source }: SyncSpec): Problem[] {
  if ('inline' in source) return []
  const format = formatOf(source)
  const keys = FORMAT_KEYS.filter(key => source[key] !== undefined && !keysOf(format).includes(key))
  return keys.map(key => {
    const formats = SOURCE_FORMATS.filter(one => keysOf(one).includes(key)).join(' or ')
    return {
      path: ['source', key],
      message: `is for ${formats}, and the source is read as ${format}; leave it out, or set format beside it`,
    }
  })
}

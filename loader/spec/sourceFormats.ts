import type { SyncSpec, ValueFormats } from '../../packages/client/contract/syncSpec.ts'
import { hasTypedNumbers } from '../sources/formats.ts'

/** The formats of a spec, with the decimal point that numbers have in a source that has types, unless the spec says otherwise. */
export function formatsOf({ source, formats }: Pick<SyncSpec, 'source' | 'formats'>): ValueFormats {
  const hasPoint = hasTypedNumbers(source) && formats.groupSeparator === undefined
  return hasPoint ? { decimalSeparator: '.', ...formats } : formats
}

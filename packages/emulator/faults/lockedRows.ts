import { rowLocked } from '../writes/rowLocked.ts'
import type { WriteGuard } from '../writes/writerOptions.ts'
import type { FiredFault } from './faultBook.ts'

/** Rejects the records that a `lockRows` fault matches; undefined without such a fault. */
export function lockedRowsGuard(fired: readonly FiredFault[]): WriteGuard | undefined {
  const locks = fired.flatMap(({ fault, random }) => (fault.type === 'lockRows' ? [{ fault, random }] : []))
  if (locks.length === 0) return undefined
  return ({ table, place, cellOf }) => {
    const isLocked = locks.some(({ fault: { share, match }, random }) => {
      if (match !== undefined) return cellOf(match.field).toLowerCase() === match.value.toLowerCase()
      return random() < (share ?? 1)
    })
    return isLocked ? rowLocked(place === undefined ? undefined : table.idOf(place)) : undefined
  }
}

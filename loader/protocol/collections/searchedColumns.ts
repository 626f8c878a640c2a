import type { Operation } from '../../../packages/client/contract/operations.ts'
import { plannedFile } from '../../plan/fileFields.ts'
import { type SyncPlan, type WireColumn, wireColumns } from '../../plan/syncPlan.ts'
import { sizeInCell } from '../../sources/contentCell.ts'
import { compileComparisonKey } from '../../values/fieldValue.ts'

/** A value by which a record is recognized in the org. */
export type SearchedColumn = WireColumn & {
  /** In the cells of a record; -1 for the checksum of a file, which only the declaration of its request has. */
  readonly index: number
  /** Where a query finds the value. */
  readonly path: string
  readonly keyOf: (text: string) => string
}

/** The columns of an operation whose values the org shows. Of a file it shows the size, and of a version the checksum. */
export function searchedColumns(plan: SyncPlan, operation: Operation): readonly SearchedColumn[] {
  const file = plannedFile(plan)
  return wireColumns(plan, operation).flatMap((column, index) => {
    const { name, field, valueField } = column
    if (field?.relationship?.polymorphic === true) return []
    if (file === undefined || field?.name !== file.field) {
      return [{ ...column, index, path: field?.name ?? name, keyOf: compileComparisonKey(valueField) }]
    }
    const size = { ...column, index, path: file.size, keyOf: sizeInCell }
    const { checksum } = file
    if (checksum === undefined) return [size]
    return [size, { ...column, name: checksum, index: -1, path: checksum, keyOf: (text: string) => text.toLowerCase() }]
  })
}

import type { Operation } from '../../../packages/client/contract/operations.ts'
import type { CompiledMapping } from '../../mapping/mapping.ts'
import { isSearched, type SyncPlan, wireColumns } from '../../plan/syncPlan.ts'
import { restoredColumn, UNDO_ID, UNDO_OPERATION, UNDO_WAVE, writtenColumn } from './undoTable.ts'

/**
 * The mapping of the source of an undo, whose values are as the org gave them and as they are sent. The values that the run has written follow the
 * cells of a record that is searched for.
 */
export function undoMapping(plan: SyncPlan, header: readonly string[], mapping: CompiledMapping): CompiledMapping {
  const at = (column: string): number => header.indexOf(column)
  const [operationAt, idAt, waveAt] = [at(UNDO_OPERATION), at(UNDO_ID), at(UNDO_WAVE)]
  const written = (plan.undone ?? []).map(({ name }) => at(writtenColumn(name)))
  const places = new Map(
    plan.operations.map(operation => {
      const sent = wireColumns(plan, operation).map(({ name }) =>
        name === plan.idField.name ? idAt : at(restoredColumn(name)),
      )
      return [operation, isSearched(plan, operation) ? [...sent, ...written] : sent] as const
    }),
  )
  return {
    ...mapping,
    mapRow: row => {
      const operation = row[operationAt] as Operation
      const cells = (places.get(operation) ?? []).map(place => row[place] ?? '')
      const keys = [row[idAt] ?? '']
      const wave = Number(row[waveAt] ?? '')
      const keyFields = [plan.idField.name]
      return { rejected: false, operation, cells, keys, keyFields, repeatKey: '', ...(wave > 0 && { wave }) }
    },
  }
}

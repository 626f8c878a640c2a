import type { SyncMapping } from '../../../packages/client/contract/fieldMapping.ts'
import type { ParentTable } from '../../mapping/parentTable.ts'
import type { PlannedField } from '../../plan/syncPlan.ts'
import { RunRejectedError } from '../../spec/runRejectedError.ts'
import type { RunStores } from '../../storage/runStore.ts'
import { shownValue, type ValueProblem } from '../../values/valueProblem.ts'
import { type PlannedRun, readSpec } from '../runRecords.ts'
import type { ParentRecords } from './parentRecords.ts'
import { readParents } from './readParents.ts'

/** The run of another sync that has written the parents of a field. */
export type SyncParents = { readonly mapping: SyncMapping; readonly runId: string; readonly isPlan: boolean }

/** The run that has written the parents of a field; undefined for a field whose parents are not those of another sync. */
export function parentRunOf(
  { mapping }: PlannedField,
  { spec, plannedParents = [] }: Pick<PlannedRun, 'spec' | 'plannedParents'>,
): SyncParents | undefined {
  if (!('sync' in mapping)) return undefined
  const runId = spec.parentRuns?.[mapping.sync]
  return runId === undefined ? undefined : { mapping, runId, isPlan: plannedParents.includes(mapping.sync) }
}

/** Opens the parents that a run of another sync has written, or would write. */
export async function openSyncParents(
  runStores: RunStores,
  { target }: PlannedField,
  { mapping, runId, isPlan }: SyncParents,
): Promise<ParentTable> {
  const by = mapping.by ?? (await identityOf(runStores, mapping, runId))
  return tableOf(await readParents(runStores, { runId, by, isPlan }), { label: target.label, mapping, by, runId })
}

async function identityOf(runStores: RunStores, { sync }: SyncMapping, runId: string): Promise<readonly string[]> {
  // A run that was skipped has a spec and no plan.
  const { identityFields } = await readSpec(runStores.open(runId))
  if (identityFields.length === 1) return identityFields
  const has = identityFields.length === 0 ? 'no identity field' : `the identity fields ${identityFields.join(', ')}`
  throw new RunRejectedError(`The parents of the sync ${sync}`, [
    `run ${runId} has ${has}; name the column of its source that finds them: by`,
  ])
}

type Words = {
  readonly label: string
  readonly mapping: SyncMapping
  readonly by: readonly string[]
  readonly runId: string
}

function tableOf(parents: ParentRecords, { label, mapping: { sync, none }, by, runId }: Words): ParentTable {
  const problem = (code: string, message: string): ValueProblem => ({ code, message: `${label}: ${message}` })
  return {
    find: values => {
      const parent = parents.find(values)
      switch (parent?.kind) {
        case 'written':
          return parent.id
        case 'planned':
          return `row ${parent.row} of ${sync}`
        case 'unwritten':
          return problem('PARENT_REJECTED', `its parent, row ${parent.row} of the sync ${sync}, ${parent.reason}`)
        case 'ambiguous': {
          const [one, other] = parent.rows
          return problem(
            'PARENT_AMBIGUOUS',
            `rows ${one} and ${other} of the sync ${sync} both have ${keyText(by, values)}; give each parent its own`,
          )
        }
        case undefined:
          if (none === 'blank') return ''
          return problem(
            'PARENT_NOT_FOUND',
            parents.isEmpty
              ? `the run ${runId} of the sync ${sync} has no rows; load them first, or set none: blank`
              : `no row of the sync ${sync} has ${keyText(by, values)}; correct it, or set none: blank`,
          )
      }
    },
  }
}

/** `ref "A-1" and site "Berlin"` */
const keyText = (by: readonly string[], values: readonly string[]): string =>
  by.map((column, index) => `${column} ${JSON.stringify(shownValue(values[index] ?? ''))}`).join(' and ')

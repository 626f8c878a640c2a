// The spec and the plan of an undo: both follow from the run that is undone.
import { problemLine } from '../../packages/client/contract/issues.ts'
import type { Operation } from '../../packages/client/contract/operations.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { DOCUMENT, isOfVersions } from '../plan/fileFields.ts'
import { keptDescribe } from '../plan/findField.ts'
import { checkPermissions } from '../plan/planPermissions.ts'
import type { PlannedField, SyncPlan } from '../plan/syncPlan.ts'
import { restoredColumn, UNDO_ID, UNDO_OPERATION, writtenColumn } from '../protocol/earlier/undoTable.ts'
import { REPORT_FILE } from '../protocol/layout.ts'
import { type PlannedRun, readJson, readPlan } from '../protocol/runRecords.ts'
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import type { SalesforceConnection } from '../salesforce/salesforceConnection.ts'
import { sourceFrom, specOfPart } from '../spec/earlierRun.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'
import type { RunStore } from '../storage/runStore.ts'

/** The load that takes back what a run has written. */
export function undoSpec({ spec, plan }: PlannedRun, runId: string): SyncSpec {
  const {
    keyField: _,
    match: _match,
    externalIdField: _external,
    existing: _existing,
    parentRuns: _parents,
    ...own
  } = specOfPart(spec)
  return {
    ...own,
    // A version is deleted with its document.
    ...(isOfVersions(plan) ? { object: DOCUMENT.object } : {}),
    operation: { column: UNDO_OPERATION },
    source: sourceFrom({ kind: 'undo', runId }, spec.source),
    fields: Object.fromEntries(undoFields(plan).map(({ name, mapping }) => [name, mapping])),
    blank: 'ignore',
    groupBy: 'none',
    send: 'changed',
    undo: true,
    hardDelete: false,
    // A rule would give a restored record another owner.
    assignmentRule: false,
  }
}

/** The Id, and each field that the run could set. A lookup by External ID is restored by the Id of the parent. */
function undoFields(plan: SyncPlan): readonly PlannedField[] {
  const { idField, fields } = plan
  const restored = isOfVersions(plan) ? [] : fields.filter(isShown)
  const targets = new Map(restored.map(({ target }) => [target.name, target]))
  targets.delete(idField.name)
  return [
    fieldOf(idField, UNDO_ID),
    ...[...targets.values()].map(target => fieldOf(target, restoredColumn(target.name))),
  ]
}

const fieldOf = (target: FieldDescribe, column: string): PlannedField => ({
  name: target.name,
  wireName: target.name,
  target,
  valueField: target,
  mapping: { column },
})

/** A query does not show the content of a file. */
const isShown = ({ target }: PlannedField): boolean => target.type !== 'base64'

/** What the org must still hold: what the run wrote, or the version that it wrote as the latest one of its document. */
function undoneFields(plan: SyncPlan, described: ObjectDescribe): readonly PlannedField[] {
  if (!isOfVersions(plan)) return plan.fields.filter(field => field.name !== plan.idField.name && isShown(field))
  const names: readonly string[] = [DOCUMENT.latestVersion, DOCUMENT.title]
  return described.fields
    .filter(({ name }) => names.includes(name))
    .map(target => fieldOf(keptDescribe(target), writtenColumn(target.name)))
}

/** What undoes an outcome. */
const OPPOSITES = { created: 'delete', updated: 'update', deleted: 'create' } as const satisfies Readonly<
  Record<string, Operation>
>

/**
 * Validates that the integration user may take back what a run has written. @param store of that run
 * Throws RunRejectedError with every permission that is missing.
 */
export async function undoInOrg(
  salesforce: SalesforceConnection,
  spec: SyncSpec,
  store: RunStore,
  signal: AbortSignal,
): Promise<{ readonly userId: string; readonly instanceUrl: string; readonly plan: SyncPlan }> {
  const undone = await readPlan(store)
  const { tally } = await readJson<Pick<RunReport, 'tally'>>(store, REPORT_FILE)
  const { userId, instanceUrl } = await salesforce.identity(signal)
  const described = await salesforce.describe(spec.object, signal)
  const outcomes = Object.keys(OPPOSITES) as (keyof typeof OPPOSITES)[]
  const operations = outcomes.filter(outcome => tally[outcome] > 0).map(outcome => OPPOSITES[outcome])
  const problems = checkPermissions(operations, described, [], { problems: [], warnings: [] })
  if (problems.length > 0) throw new RunRejectedError(`The undo in ${spec.object}`, problems.map(problemLine))
  const { hasPersons, idField, identityFields, formats } = undone.plan
  const { name: object, keyPrefix } = described
  return {
    userId,
    instanceUrl,
    plan: {
      ...{ object, keyPrefix, idField, identityFields, formats },
      assignmentRule: spec.assignmentRule,
      // The org held the records that are restored.
      savesDuplicates: true,
      ...present({ hasPersons }),
      operation: { column: UNDO_OPERATION },
      operations,
      fields: undoFields(undone.plan),
      keyFields: [idField.name],
      requestRecords: spec.collections.recordsPerRequest,
      compares: true,
      undone: undoneFields(undone.plan, described),
      blank: 'ignore',
      warnings: warningsOf(operations),
    },
  }
}

function warningsOf(operations: readonly Operation[]): readonly string[] {
  if (!operations.includes('create')) return []
  return [
    'Deleted records are created again, because no REST or Bulk API restores one: they get new Ids, and have only the fields that the run had mapped. To keep their Ids, restore them from the recycle bin of the org instead',
  ]
}

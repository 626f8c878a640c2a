import { type Problem, problemLine } from '../../packages/client/contract/issues.ts'
import type { Operation } from '../../packages/client/contract/operations.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import type { ObjectDescribe } from '../salesforce/describe.ts'
import { RequestRejectedError, UnknownObjectError } from '../salesforce/errors.ts'
import type { SalesforceConnection } from '../salesforce/salesforceConnection.ts'
import { possibleOperations } from '../spec/parseSyncSpec.ts'
import { RunRejectedError, SHOWN_PROBLEMS } from '../spec/runRejectedError.ts'
import { formatsOf } from '../spec/sourceFormats.ts'
import { assignmentRuleProblems } from './assignmentRule.ts'
import { comparisonWarnings, fillProblems } from './comparedFields.ts'
import { missingPartProblems, namedByFile, plannedFile } from './fileFields.ts'
import { keptDescribe } from './findField.ts'
import { groupColumn } from './groupColumn.ts'
import { isPersonName, planFields } from './planField.ts'
import { checkKeys } from './planKeys.ts'
import { conditionProblems, matchProblems } from './planMatch.ts'
import { missingOperation, planMissing, scopeProblems } from './planMissing.ts'
import { checkPermissions, checkRequired } from './planPermissions.ts'
import { parentObjects } from './relationship.ts'
import type { PlannedField, SyncPlan } from './syncPlan.ts'

export type PlannedSync =
  | { readonly ok: true; readonly plan: SyncPlan }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Validates a spec against the object as the integration user sees it, before anything is read. All problems are named at
 * once; each path leads into the spec.
 *
 * @param parents - the described objects that `parentObjects` named, by name
 * @param compares whether the records are compared with what the org holds
 */
export function createPlan(
  spec: SyncSpec,
  describe: ObjectDescribe,
  parents: ReadonlyMap<string, ObjectDescribe>,
  compares = comparesRecords(spec),
): PlannedSync {
  const idField = describe.fields.find(({ name }) => name === 'Id')
  if (!idField)
    return failed([{ path: ['object'], message: `${describe.name} has no Id field that this user may see` }])
  const operations = possibleOperations(spec).filter(operation => isAllowed(operation, spec, describe))
  const fields: PlannedField[] = []
  const problems: Problem[] = []
  for (const [name, mapping] of Object.entries(spec.fields)) {
    const context = { spec, describe, parents, suggests: problems.length < SHOWN_PROBLEMS }
    for (const planned of planFields(name, mapping, context)) {
      if ('message' in planned) problems.push(planned)
      else fields.push(planned)
    }
  }
  if (problems.length === 0) problems.push(...missingPartProblems(describe.name, fields, operations))
  fields.push(...namedByFile(describe, fields))
  const keys = checkKeys(spec, describe, fields, operations)
  const { missing, problems: wrongValues } = planMissing(spec, fields, describe.keyPrefix)
  const done = missingOperation(spec)
  const needed = done === undefined ? operations : [...new Set([...operations, done])]
  problems.push(...keys.problems, ...matchProblems(spec, describe))
  problems.push(...checkPermissions(needed, describe, fields, keys), ...wrongValues, ...fillProblems(spec, fields))
  const required = checkRequired(operations, describe, spec, fields)
  problems.push(...required.problems)
  const group = problems.length > 0 ? undefined : groupColumn(spec, fields)
  if (typeof group === 'object') problems.push(group)
  if (problems.length > 0) return failed(problems)
  const isOfFiles = plannedFile({ object: describe.name, fields }) !== undefined
  const plan: SyncPlan = {
    object: describe.name,
    keyPrefix: describe.keyPrefix,
    hasPersons: describe.fields.some(field => isPersonName(field, describe)),
    operation: spec.operation,
    operations,
    idField: keptDescribe(idField),
    fields,
    ...present({ keyFields: keys.keyFields, matchWhere: spec.match?.where, externalIdField: keys.externalIdField }),
    ...present({ existing: spec.existing }),
    identityFields: spec.identityFields,
    ...(compares ? { compares } : {}),
    ...present({ missing }),
    ...(typeof group === 'string' ? { groupColumn: group } : {}),
    blank: spec.blank,
    formats: formatsOf(spec),
    assignmentRule: spec.assignmentRule,
    ...(spec.duplicateRules === 'allowSave' ? { savesDuplicates: true } : {}),
    requestRecords: isOfFiles ? 1 : spec.collections.recordsPerRequest,
    warnings: [...keys.warnings, ...required.warnings, ...unusedSend(spec, operations)],
  }
  return {
    ok: true,
    plan: plan.compares ? { ...plan, warnings: [...plan.warnings, ...comparisonWarnings(plan)] } : plan,
  }
}

/** A record whose column names an operation that the user may not do is rejected; the others are loaded. */
function isAllowed(operation: Operation, spec: SyncSpec, { deletable }: ObjectDescribe): boolean {
  return operation !== 'delete' || deletable || typeof spec.operation === 'string'
}

/** A run that is planned first compares in any case. */
const comparesRecords = ({ send, undo, missing, existing }: SyncSpec): boolean =>
  send === 'changed' || undo || missing !== 'ignore' || existing !== undefined

/** Only an update or an upsert may find that nothing has changed, and a create that leaves existing records that one exists. */
function unusedSend({ send, existing }: SyncSpec, operations: readonly Operation[]): readonly string[] {
  if (send === 'all' || existing === 'keep' || operations.includes('update') || operations.includes('upsert')) return []
  return [`send: changed is not used: ${operations.join(' and ')} sends every record`]
}

const failed = (problems: readonly Problem[]): PlannedSync => ({ ok: false, problems })

/**
 * Validates a spec against the org's objects as the integration user sees them. It only reads.
 * Throws RunRejectedError with every problem found.
 */
export async function planInOrg(
  salesforce: SalesforceConnection,
  spec: SyncSpec,
  signal: AbortSignal,
  compares?: boolean,
): Promise<{ readonly userId: string; readonly instanceUrl: string; readonly plan: SyncPlan }> {
  const { userId, instanceUrl } = await salesforce.identity(signal)
  const described = await salesforce.describe(spec.object, signal)
  const parents = await describeParents(salesforce, parentObjects(spec, described), signal)
  const planned = createPlan(spec, described, parents, compares)
  const problems = planned.ok ? await problemsInOrg(salesforce, spec, planned.plan, signal) : planned.problems
  if (planned.ok && problems.length === 0) return { userId, instanceUrl, plan: planned.plan }
  throw new RunRejectedError(`The load into ${spec.object}`, problems.map(problemLine))
}

/** What only queries show. */
async function problemsInOrg(
  salesforce: SalesforceConnection,
  spec: SyncSpec,
  plan: SyncPlan,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const { object, matchWhere: where, missing } = plan
  const problems = [
    ...(await hardDeleteProblems(salesforce, spec, plan, signal)),
    ...(await assignmentRuleProblems(salesforce, spec, object, signal)),
  ]
  const conditions = [
    ...(where === undefined ? [] : [{ object, where, path: ['match', 'where'] }]),
    ...lookupConditions(plan),
  ]
  for (const condition of conditions) problems.push(...(await conditionProblems(salesforce, condition, signal)))
  if (missing !== undefined) problems.push(...(await scopeProblems(salesforce, object, missing, signal)))
  return problems
}

/** The conditions of lookups, each once. */
function lookupConditions({ fields }: SyncPlan) {
  const seen = new Set<string>()
  return fields.flatMap(({ name, lookup = [] }) =>
    lookup.flatMap(({ name: object, where }) => {
      if (where === undefined || seen.has(`${object} ${where}`)) return []
      seen.add(`${object} ${where}`)
      return [{ object, where, path: ['fields', name, 'where'] }]
    }),
  )
}

/**
 * Whether the integration user has the permission to delete past the recycle bin. Any user may ask for its own permissions.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_userpermissionaccess.htm
 */
async function hardDeleteProblems(
  salesforce: SalesforceConnection,
  { hardDelete, missing }: SyncSpec,
  { operations }: SyncPlan,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  if (!hardDelete || (missing !== 'delete' && !operations.includes('delete'))) return []
  const soql = 'SELECT PermissionsBulkApiHardDelete FROM UserPermissionAccess LIMIT 1'
  for await (const { PermissionsBulkApiHardDelete: has } of salesforce.query(soql, signal)) if (has === true) return []
  const message =
    'the integration user lacks the permission "Bulk API Hard Delete"; give it that permission by a permission set, or leave hardDelete out'
  return [{ path: ['hardDelete'], message }]
}

/** The parents that the integration user may describe: a lookup of several objects needs only one of them. */
async function describeParents(
  salesforce: SalesforceConnection,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ObjectDescribe>> {
  const described = await Promise.all(
    names.map(async name => {
      try {
        return [[name, await salesforce.describe(name, signal)] as const]
      } catch (error) {
        if (error instanceof RequestRejectedError || error instanceof UnknownObjectError) return []
        throw error
      }
    }),
  )
  return new Map(described.flat())
}

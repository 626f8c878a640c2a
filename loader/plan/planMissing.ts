import type { Problem } from '../../packages/client/contract/issues.ts'
import type { Operation } from '../../packages/client/contract/operations.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { RequestRejectedError } from '../salesforce/errors.ts'
import type { SalesforceConnection } from '../salesforce/salesforceConnection.ts'
import { apiName } from '../salesforce/soql.ts'
import { CLEAR } from '../values/fieldValue.ts'
import { isBlank } from '../values/text.ts'
import { fieldConverter } from './planField.ts'
import type { PlannedField, PlannedMissing } from './syncPlan.ts'

/** The operation that missing records get; undefined when they are only reported. */
export function missingOperation({ missing }: Pick<SyncSpec, 'missing'>): Operation | undefined {
  return missing === 'delete' || missing === 'update' ? missing : undefined
}

/** Converts the values of an update of missing records. Nothing is planned when missing records are ignored. */
export function planMissing(
  { missing: action, scope = '', missingFields = {}, formats }: SyncSpec,
  fields: readonly PlannedField[],
  keyPrefix: string | null,
): { readonly missing?: PlannedMissing; readonly problems: readonly Problem[] } {
  if (action === 'ignore') return { problems: [] }
  const problems: Problem[] = []
  const values: Record<string, string> = {}
  for (const [name, { value }] of Object.entries(missingFields)) {
    // A field that is unknown is reported where it is mapped.
    const field = fields.find(one => one.name.toLowerCase() === name.toLowerCase())
    if (field === undefined) continue
    const converted = isBlank(value) ? CLEAR : fieldConverter(field, formats, keyPrefix)(value)
    if (typeof converted === 'string') values[field.name] = converted
    else problems.push({ path: ['missingFields', name], message: converted.message })
  }
  return { missing: { action, scope, values }, problems }
}

/** Whether the org accepts the scope, and has records outside of it. */
export async function scopeProblems(
  salesforce: SalesforceConnection,
  object: string,
  { scope }: PlannedMissing,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const hasRecord = async (condition: string): Promise<boolean> => {
    const soql = `SELECT Id FROM ${apiName(object)} WHERE ${condition} LIMIT 1`
    for await (const _ of salesforce.query(soql, signal)) return true
    return false
  }
  const path = ['scope']
  try {
    if (await hasRecord(`NOT (${scope})`)) return []
    // An object without records has none that could be missing.
    if (!(await hasRecord(`(${scope})`))) return []
  } catch (error) {
    if (!(error instanceof RequestRejectedError)) throw error
    return [{ path, message: `Salesforce rejects it: ${error.errorCode}: ${error.detail}` }]
  }
  const message = `matches every ${object} record of the org; narrow it to the records that the source is to have, so that no other counts as missing`
  return [{ path, message }]
}

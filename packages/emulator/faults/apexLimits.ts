import { recordError } from '../values/recordError.ts'
import type { WriteGuard } from '../writes/writerOptions.ts'
import type { FiredFault } from './faultBook.ts'

/** CPU time of a synchronous Apex transaction: https://developer.salesforce.com/docs/atlas.en-us.apexcode.meta/apexcode/apex_gov_limits.htm */
const MAX_CPU_MS = 10_000

/**
 * Rejects the records of a transaction whose trigger takes too long, by an `apexCpu` fault; undefined without one. Salesforce rolls the
 * whole transaction back: all its records have the error.
 * @param records number of records of the transaction that runs
 */
export function apexGuard(fired: readonly FiredFault[], records: () => number): WriteGuard | undefined {
  const triggers = fired.flatMap(({ fault }) => (fault.type === 'apexCpu' ? [fault] : []))
  if (triggers.length === 0) return undefined
  return ({ table }) => {
    const trigger = triggers.find(({ msPerRecord }) => msPerRecord * records() > MAX_CPU_MS)
    if (trigger === undefined) return undefined
    // Words: https://github.com/SalesforceFoundation/NPSP/issues/1608
    const exception = `System.LimitException: ${trigger.exception ?? 'Apex CPU time limit exceeded'}`
    return recordError('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', `${table.schema.name}Trigger: ${exception}`, [])
  }
}

import { ApiError } from '../apiError.ts'
import type { Call } from '../http/call.ts'
import type { Duplicates } from '../records/duplicateRules.ts'
import type { Table } from '../records/table.ts'
import { javaNumber } from '../values/javaNumber.ts'
import { shownRecord } from './shownRecord.ts'
import { includesDuplicateDetails } from './writerFor.ts'

// An exact comparison finds the records: all of them with full confidence.
const CONFIDENCE = 100

/**
 * The answer of a single-record call for a record that has duplicates, with their ids. The first key is misspelt as Salesforce does.
 * Collections and jobs answer with the code and the message only: https://github.com/jetstreamapp/jetstream/issues/482
 */
export function duplicatesDetected(
  call: Call,
  table: Table,
  { rule, places }: Duplicates,
  errorMessage: string,
): ApiError {
  const { name: entityType } = table.schema
  const names = includesDuplicateDetails(call) ? undefined : ['Id']
  const matchRecords = places.map(place => ({
    additionalInformation: [],
    fieldDiffs: [],
    matchConfidence: javaNumber(CONFIDENCE),
    record: shownRecord(call, table, place, names),
  }))
  const match = {
    entityType,
    errors: [],
    matchEngine: 'ExactMatchEngine',
    matchRecords,
    rule: `Standard_${entityType}_Match_Rule_v1_1`,
    size: places.length,
    success: true,
  }
  const duplicateResut = {
    allowSave: rule.action === 'alert',
    duplicateRule: rule.name ?? `Standard_${entityType}_Duplicate_Rule`,
    duplicateRuleEntityType: entityType,
    errorMessage,
    matchResults: [match],
  }
  return new ApiError(400, [{ errorCode: 'DUPLICATES_DETECTED', message: errorMessage, duplicateResut }])
}

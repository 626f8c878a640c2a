// The check that ends `sflink init`: the first records through the mapping of a run. Nothing is sent.

import { isFoundByTable } from '../../loader/mapping/cellMaker.ts'
import { compileMapping } from '../../loader/mapping/mapping.ts'
import type { ParentTable } from '../../loader/mapping/parentTable.ts'
import { SourceMarks } from '../../loader/mapping/sourceMarks.ts'
import { planInOrg } from '../../loader/plan/plan.ts'
import type { PlannedField } from '../../loader/plan/syncPlan.ts'
import type { SalesforceConnection } from '../../loader/salesforce/salesforceConnection.ts'
import { RunRejectedError } from '../../loader/spec/runRejectedError.ts'
import { isFileMapping } from '../../packages/client/contract/fieldMapping.ts'
import type { ExternalSource } from '../../packages/client/contract/sourceSpec.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import type { Sample } from './sample.ts'

/** Records that are checked. */
const CHECKED = 100

/** Rejected records that are shown. */
const SHOWN = 5

/** A sync whose records are not inline. */
export type FileSync = SyncSpec & { readonly source: ExternalSource }

/** Parents and files are found when the sync is planned or run. */
const ANY_RECORD: ParentTable = { find: () => '000000000000000AAA' }

const unsearched = (fields: readonly PlannedField[]): readonly string[] =>
  fields.map(
    ({ name, mapping }) =>
      `the ${isFileMapping(mapping) ? 'files' : 'parents'} of ${name} are looked up by sflink sync plan`,
  )

export type RecordCheck = {
  readonly ready: number
  readonly checked: number
  /** One line for each problem: of the sync, of records, what the org warns about. */
  readonly lines: readonly string[]
}

export async function checkRecords(
  spec: FileSync,
  { header, rows, reading }: Sample,
  salesforce: SalesforceConnection,
  signal: AbortSignal,
): Promise<RecordCheck> {
  const checked = Math.min(rows.length, CHECKED)
  try {
    const { plan } = await planInOrg(salesforce, spec, signal)
    const delimiter = reading?.text?.delimiter
    const found = plan.fields.filter(({ mapping }) => isFoundByTable(mapping))
    const shape = {
      shortRows: spec.source.shortRows,
      ...(delimiter === undefined ? {} : { delimiter }),
      parents: new Map(found.map(({ name }) => [name, ANY_RECORD])),
    }
    const compiled = compileMapping(plan, header, shape)
    if (!compiled.ok) return { ready: 0, checked, lines: compiled.problems }
    const { mapRow, positionOf } = compiled.mapping
    const marks = new SourceMarks(plan, positionOf, spec.source.blankValues)
    const rejected = rows.slice(0, CHECKED).flatMap(({ row, values }) => {
      const read = marks.read(row, values)
      const mapped = 'rejected' in read ? read : mapRow(read)
      marks.count()
      return mapped.rejected ? [`row ${row}: ${mapped.errorMessage}`] : []
    })
    const more = rejected.length > SHOWN ? [`and ${rejected.length - SHOWN} more`] : []
    return {
      ready: checked - rejected.length,
      checked,
      lines: [
        ...rejected.slice(0, SHOWN),
        ...more,
        ...[...plan.warnings, ...marks.warnings(), ...unsearched(found)].map(warning => `note: ${warning}`),
      ],
    }
  } catch (error) {
    if (!(error instanceof RunRejectedError)) throw error
    return { ready: 0, checked, lines: error.message.split('\n') }
  }
}

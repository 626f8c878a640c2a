// What the comparison of a source with the org finds for its records, before anything is sent.
import { z } from 'zod'
import { count } from './scalars.ts'

/**
 * What a run does with a record: `unchanged` means that the org holds it as it would be written, or that `existing` leaves it as it
 * is, `ambiguous` that several records have its key.
 */
export const VERDICTS = ['create', 'update', 'unchanged', 'delete', 'ambiguous', 'rejected'] as const
export type Verdict = (typeof VERDICTS)[number]

export const verdictCountsSchema = z.object({
  create: count.describe('Records that the org does not have'),
  update: count.describe('Records that differ from the org'),
  unchanged: count.describe(
    'Records that the org already holds as they would be written, or that existing leaves as they are',
  ),
  delete: count.describe('Records to be deleted'),
  ambiguous: count.describe('Records whose key several records of the org have'),
  rejected: count.describe('Records that cannot be sent for another reason'),
})
/** Records by verdict. */
export type VerdictCounts = Readonly<z.output<typeof verdictCountsSchema>>

export const changedFieldSchema = z.object({
  field: z.string().describe('API name, as the sync maps it'),
  records: count.describe('Records to be updated in which it differs'),
})
/** How often a field differs. */
export type ChangedField = Readonly<z.output<typeof changedFieldSchema>>

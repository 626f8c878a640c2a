// What the page of a plan shows besides what each run shows: verdicts, and the fields that change. Values of records are left out.
import type { PlanReport } from '../../packages/client/contract/planRecords.ts'
import { type ChangedField, VERDICTS, type Verdict } from '../../packages/client/contract/verdicts.ts'
import { code, count, counted, plain, table } from './markdown.ts'

/** Fields shown; plan.report.json has all of them. */
const FIELDS_SHOWN = 20

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  create: 'Create',
  update: 'Update',
  unchanged: 'Unchanged',
  delete: 'Delete',
  ambiguous: 'Ambiguous',
  rejected: 'Rejected',
}

/** `Planned: 2 to create, 1 to update, 0 to delete; nothing was sent` */
export function planHeadline({ skipped, verdicts }: PlanReport): string {
  if (skipped !== undefined) return `Skipped: ${skipped.message}`
  const { create, update, delete: deleted } = verdicts
  return `Planned: ${count(create)} to create, ${count(update)} to update, ${count(deleted)} to delete; nothing was sent`
}

/** Records by verdict, and how often fields change. */
export function planTables({ records, verdicts, changedFields }: PlanReport): string {
  if (records === 0) return ''
  const head = ['Records', ...VERDICTS.map(verdict => VERDICT_WORDS[verdict])]
  const row = [records, ...VERDICTS.map(verdict => verdicts[verdict])].map(count)
  const counts = table(
    head,
    [row],
    head.map(() => '---:'),
  )
  return [counts, changedFieldsTable(changedFields, 'plan.report.json')].filter(Boolean).join('\n\n')
}

/** How often fields change. @param file that has all of them */
export function changedFieldsTable(changedFields: readonly ChangedField[], file: string): string {
  if (changedFields.length === 0) return ''
  const fields = changedFields.slice(0, FIELDS_SHOWN).map(({ field, records: times }) => [count(times), code(field)])
  const left = changedFields.length - FIELDS_SHOWN
  const more = left > 0 ? `\n\nAnd ${counted(left, 'more field')} in ${file}.` : ''
  const changes = table(['Records', plain('Field that changes')], fields, ['---:', '---'])
  return `**Fields that change**\n\n${changes}${more}`
}

export function planFiles({ files: { plan, report } }: PlanReport): string {
  const rows = [...(plan === undefined ? [] : [['Verdict of each record', code(plan)]]), ['Report', code(report)]]
  return `**Files**\n\n${table(['', ''], rows)}`
}

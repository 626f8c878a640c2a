import { messageTemplate } from '../../loader/results/messageTemplate.ts'
import type { ErrorCount } from '../../packages/client/contract/runReport.ts'
import { count, plain, table } from './text.ts'

/** Reasons listed here; results.csv has all of them. */
const MAX_LISTED = 10

/** Why records were rejected, without values of records: more people see this page than the result files. */
export function rejectedTable(rejections: readonly ErrorCount[]): string {
  if (rejections.length === 0) return ''
  const rows = rejections.slice(0, MAX_LISTED).map(({ errorCode, count: times, exampleRow, exampleMessage }) => {
    const message = messageTemplate(errorCode, exampleMessage)
    return [count(times), count(exampleRow), `${plain(message)} (${plain(errorCode)})`]
  })
  const more =
    rejections.length > MAX_LISTED ? `\n\nAnd ${rejections.length - MAX_LISTED} more reasons in the results.` : ''
  const head = ['Records', 'First row', "Why (… stands for a record's value)"]
  return `**Rejected records**\n\n${table(head, rows, ['---:', '---:', '---'])}${more}`
}

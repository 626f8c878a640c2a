import type { ErrorCount } from '../../loader/results/errorCounts.ts'
import { messageTemplate } from '../../loader/results/messageTemplate.ts'
import { count, plain, table } from './markdown.ts'

/** Reasons shown; results.csv has them all. */
const SHOWN = 10

/** Why records were rejected. Values of records are left out: these words are seen by more people than the result files. */
export function rejectedTable(rejections: readonly ErrorCount[]): string {
  if (rejections.length === 0) return ''
  const rows = rejections.slice(0, SHOWN).map(({ errorCode, count: times, exampleRow, exampleMessage }) => {
    const message = messageTemplate(errorCode, exampleMessage)
    return [count(times), count(exampleRow), `${plain(message)} (${plain(errorCode)})`]
  })
  const more = rejections.length > SHOWN ? `\n\nAnd ${rejections.length - SHOWN} more reasons in the results.` : ''
  const head = ['Records', 'First row', "Why (… stands for a record's value)"]
  return `**Rejected records**\n\n${table(head, rows, ['---:', '---:', '---'])}${more}`
}

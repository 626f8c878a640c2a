// The page of an org's budget in Temporal's UI: which runs use the org, and which wait.
import type { BudgetPages } from '../budgetBook.ts'
import { clock, code, counted, table } from './markdown.ts'
import { asDetails } from './summaries.ts'

/** Rows shown of each table. */
const SHOWN = 50

export function budgetDetails({ leases, waiting }: BudgetPages): string {
  const head = ['Run, chunk and attempt', 'Since (UTC)']
  const rows = (list: BudgetPages['leases']) =>
    table(
      head,
      list.slice(0, SHOWN).map(({ holder, since }) => [code(holder), clock(since)]),
    )
  return asDetails([
    `### ${counted(leases.length, 'ingest job')} in progress, ${counted(waiting.length, 'ingest job')} waiting`,
    leases.length === 0 ? '' : `**In progress**\n\n${rows(leases)}`,
    waiting.length === 0 ? '' : `**Waiting**\n\n${rows(waiting)}`,
  ])
}

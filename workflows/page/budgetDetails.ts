// The page of an org's budget in Temporal's UI: which runs use the org, and which wait.
import { LEASED, type Leased } from '../../packages/client/contract/names.ts'
import type { BudgetPages } from '../budgetBook.ts'
import { clock, code, counted, table } from './markdown.ts'
import { asDetails } from './summaries.ts'

/** Rows shown of each table. */
const SHOWN = 50

export function budgetDetails({ leases, waiting }: BudgetPages): string {
  return asDetails([
    `### ${countsOf(leases)} in progress; waiting: ${countsOf(waiting)}`,
    leases.length === 0 ? '' : `**In progress**\n\n${listOf(leases)}`,
    waiting.length === 0 ? '' : `**Waiting**\n\n${listOf(waiting)}`,
  ])
}

type Entries = BudgetPages['leases']

/** A collection request: the chunk sends one at a time. */
const WORDS: Readonly<Record<Leased, string>> = { ingestJobs: 'ingest job', requests: 'collection request' }

const countsOf = (entries: Entries): string =>
  LEASED.map(of => counted(entries.filter(one => one.of === of).length, WORDS[of])).join(', ')

function listOf(entries: Entries): string {
  const rows = entries.slice(0, SHOWN).map(({ of, holder, since }) => [code(holder), WORDS[of], clock(since)])
  return table(['Run, chunk and attempt', 'Uses', 'Since (UTC)'], rows)
}

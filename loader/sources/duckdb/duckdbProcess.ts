// Executes one query for the worker that started this process, and ends with it.
import { queryOutcome } from './queryOutcome.ts'
import type { QueryOutcome, QueryRequest } from './queryRequest.ts'

/** Bytes. DuckDB limits what tables and sorts need; a function such as `repeat` may still make a text of gigabytes. */
const MOST_MEMORY = 1_000_000_000
const MEMORY_INTERVAL = 50

/** Sends the answer and ends, whatever DuckDB still does. */
const answer = (outcome: QueryOutcome) => process.send?.(outcome, () => process.kill(process.pid, 'SIGKILL'))

process.once('message', async (request: QueryRequest) => {
  answer(await queryOutcome(request, () => import('./runQuery.ts')))
})
// The worker has ended. Nothing else ends a running query.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))

const timer = setInterval(() => {
  if (process.memoryUsage.rss() < MOST_MEMORY) return
  clearInterval(timer)
  const advice = 'Read fewer rows or columns at once, and make shorter texts and lists.'
  answer({ problem: 'sql', message: `it needs more than ${MOST_MEMORY} bytes of memory`, advice })
}, MEMORY_INTERVAL)

// Executes one query for the worker that started this process, and ends with it.
import { queryOutcome } from './queryOutcome.ts'
import type { QueryRequest } from './queryRequest.ts'

process.once('message', async (request: QueryRequest) => {
  const outcome = await queryOutcome(request, () => import('./runQuery.ts'))
  process.send?.(outcome, () => process.exit())
})
// A running query does not hear of any other end.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))

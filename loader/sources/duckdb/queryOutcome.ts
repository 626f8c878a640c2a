import type { QueryOutcome, QueryRequest } from './queryRequest.ts'

type Runner = { readonly runQuery: (request: QueryRequest) => Promise<QueryOutcome> }

/**
 * Runs a query, or says that DuckDB is not installed.
 * @param load imports the code that needs the package
 */
export async function queryOutcome(request: QueryRequest, load: () => Promise<Runner>): Promise<QueryOutcome> {
  let runner: Runner
  try {
    runner = await load()
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return {
      problem: 'package',
      message: `it needs the optional package @duckdb/node-api, which is not installed for this system (${reason})`,
      advice: 'Install salesforce-link again with npm install --include=optional, then run the load again.',
    }
  }
  return await runner.runQuery(request)
}

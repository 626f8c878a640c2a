// Loads two contacts, adds another for an event, and prints the outcome of each: node load.ts LABEL
import { addRecords, connect, InputRejectedError, type RecordResult, runSync } from 'salesforce-link-client'

const label = process.argv[2]
if (label === undefined) throw new Error('Give the load a label: node load.ts 2026-11-25')

const print = (results: readonly RecordResult[]) => {
  for (const { identity, outcome, id, errorMessage } of results) console.log(...identity, outcome, errorMessage || id)
}

const client = await connect()
try {
  // The label names the load: the same label again, also at the same time, is the same load and gives the same report.
  const report = await runSync(client, {
    sync: 'contacts',
    label,
    records: [
      { first_name: 'Cleo', last_name: 'Meyer', email: 'cleo.meyer@example.com' },
      { first_name: 'Dan', last_name: null, email: 'dan@example.com' },
    ],
  })
  console.log(report.outcome)
  print(report.results ?? [])
  // One record for one event. The id names the call: the same id again loads nothing.
  const { results } = await addRecords(client, {
    sync: 'contacts',
    id: `event-of-${label}`,
    records: [{ first_name: 'Eve', last_name: 'Novak', email: 'eve.novak@example.com' }],
  })
  print(results)
} catch (error) {
  if (!(error instanceof InputRejectedError)) throw error
  console.error(error.message)
  process.exitCode = 1
} finally {
  await client.connection.close()
}

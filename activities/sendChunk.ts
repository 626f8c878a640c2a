import type { Dependencies } from '../loader/dependencies.ts'
import { compileWireRecord } from '../loader/mapping/wireJson.ts'
import { wireColumns } from '../loader/plan/wireColumns.ts'
import { CollectionSender } from '../loader/protocol/collectionSender.ts'
import { chunkFiles } from '../loader/protocol/layout.ts'
import { RequestJournal } from '../loader/protocol/requestJournal.ts'
import { readPlan } from '../loader/protocol/runRecords.ts'
import { type OperationAttempt, settleAttempt, settledBefore } from '../loader/protocol/settleAttempt.ts'
import type { SettledAttempt } from '../loader/protocol/staged.ts'
import { storedLines } from '../loader/protocol/storedCsv.ts'
import type { RunStore } from '../loader/storage/runStore.ts'
import { whileBeating } from './heartbeat.ts'

/**
 * Sends a chunk as a series of collection requests and settles every record of it.
 * Retry: safe because each answer is kept in the run store before the next request goes out, so an answered request is never
 * sent again. One whose answer was lost is repeated only where that changes nothing (update by Id, upsert by External ID); of a
 * create, the org is searched for the records first.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm
 */
export function sendChunk({ connection, runStore }: Dependencies) {
  return async (place: OperationAttempt): Promise<SettledAttempt> => {
    const store = runStore(place.runId)
    const before = await settledBefore(store, place)
    if (before !== undefined) return before
    const run = await readPlan(store)
    const files = chunkFiles(place.chunk, place.attempt)
    const records = await readRecords(store, files.csv)
    const sender = new CollectionSender({
      salesforce: connection(run.spec.connection),
      journal: await RequestJournal.open(store, files.journal),
      store,
      run,
      place,
      records,
      wire: compileWireRecord(wireColumns(run.plan, place.operation)),
    })
    return whileBeating({ chunk: place.chunk, records: records.length }, async () => {
      await sender.send()
      return settleAttempt(store, place, run, index => sender.answer(index))
    })
  }
}

async function readRecords(store: RunStore, path: string): Promise<readonly (readonly string[])[]> {
  const records: (readonly string[])[] = []
  for await (const lines of storedLines(store, path)) records.push(...lines)
  return records
}

import { compileWireRecord } from '../../mapping/wireJson.ts'
import { plannedFile } from '../../plan/fileFields.ts'
import { wireColumns } from '../../plan/syncPlan.ts'
import type { Dependencies, Step } from '../../step.ts'
import { FileSender } from '../files/fileSender.ts'
import { chunkFiles } from '../layout.ts'
import { withNamedDuplicates } from '../namedDuplicates.ts'
import { readPlan, readRecords } from '../runRecords.ts'
import { type OperationAttempt, settleAttempt, settledBefore } from '../settleAttempt.ts'
import type { SettledAttempt } from '../staged.ts'
import { CollectionSender } from './collectionSender.ts'
import { RequestJournal } from './requestJournal.ts'

type SendDependencies = Pick<Dependencies, 'connection' | 'runStore' | 'runStores' | 'contentFiles'>

/** Sends a chunk as a series of collection requests, or of files, and settles every record of it. */
export async function sendChunk(
  { connection, runStore, runStores, contentFiles }: SendDependencies,
  place: OperationAttempt,
  step: Step,
): Promise<SettledAttempt> {
  const store = runStore(place.runId)
  const before = await settledBefore(store, place)
  if (before !== undefined) return before
  const run = await readPlan(store)
  const files = chunkFiles(place.chunk, place.attempt)
  const records = await readRecords(store, place)
  const sent = {
    salesforce: connection(run.spec.connection),
    journal: await RequestJournal.open(store, files.journal),
    store,
    runStores,
    run,
    place,
    records,
    wire: compileWireRecord(wireColumns(run.plan, place.operation)),
    signal: step.signal,
  }
  const file = plannedFile(run.plan)
  const sender = file === undefined ? new CollectionSender(sent) : new FileSender({ ...sent, file, contentFiles })
  step.heartbeat({ chunk: place.chunk, records: records.length })
  await sender.send()
  const answers = await withNamedDuplicates(sent, records.length, { at: index => sender.answer(index) })
  return settleAttempt(store, place, run, answers, { ofRequests: true })
}

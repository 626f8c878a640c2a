// Salesforce names the duplicates of a record in no answer of sObject Collections and of Bulk API 2.0, so the org is asked for them.
import { LinkError } from '../../packages/client/contract/linkError.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import { compileWireRecord } from '../mapping/wireJson.ts'
import { wireColumns } from '../plan/syncPlan.ts'
import { isDuplicate, withDuplicateAdvice, withDuplicates } from '../results/duplicateAdvice.ts'
import type { RecordAnswer } from '../results/recordAnswer.ts'
import type { SalesforceConnection, WireRecord } from '../salesforce/salesforceConnection.ts'
import type { RunStore } from '../storage/runStore.ts'
import { type PlannedRun, readRecordsAt } from './runRecords.ts'
import type { ChunkAnswers, OperationAttempt, RowAnswer } from './settleAttempt.ts'

/** Records of an attempt whose duplicates are named. Each costs a call, or two. */
const NAMED_RECORDS = 20

type SentAttempt = {
  readonly salesforce: SalesforceConnection
  readonly store: RunStore
  readonly run: PlannedRun
  readonly place: OperationAttempt
  readonly signal: AbortSignal
}

/**
 * The answers for the records of an attempt: with the duplicates of the first ones that duplicate rules have rejected, and with what to do about all of them.
 * @param records of the attempt
 */
export async function withNamedDuplicates(
  sent: SentAttempt,
  records: number,
  answers: ChunkAnswers,
): Promise<ChunkAnswers> {
  const named = await namedAnswers(sent, firstDuplicates(records, answers))
  const savesDuplicates = sent.run.plan.savesDuplicates === true
  const at = (index: number): RowAnswer => {
    const answer = named.get(index) ?? answers.at(index)
    if (answer === 'unprocessed' || named.has(index) || !isDuplicate(answer)) return answer
    return withDuplicateAdvice(answer, savesDuplicates)
  }
  return { at, ...present({ successes: answers.successes }) }
}

function firstDuplicates(records: number, answers: ChunkAnswers): ReadonlyMap<number, RecordAnswer> {
  const found = new Map<number, RecordAnswer>()
  for (let index = 0; index < records && found.size < NAMED_RECORDS; index++) {
    const answer = answers.successes?.has(index) ? 'unprocessed' : answers.at(index)
    if (answer !== 'unprocessed' && isDuplicate(answer)) found.set(index, answer)
  }
  return found
}

/** An org that does not answer for one of them is not asked for the others: the records are rejected in any case. */
async function namedAnswers(
  sent: SentAttempt,
  duplicates: ReadonlyMap<number, RecordAnswer>,
): Promise<ReadonlyMap<number, RecordAnswer>> {
  const named = new Map<number, RecordAnswer>()
  if (duplicates.size === 0) return named
  const { store, run, place, signal } = sent
  const wire = compileWireRecord(wireColumns(run.plan, place.operation))
  const records = await readRecordsAt(store, place, new Set(duplicates.keys()))
  try {
    for (const [index, cells] of records) {
      const answer = await withFound(sent, wire(cells), duplicates.get(index) as RecordAnswer)
      if (answer !== undefined) named.set(index, answer)
    }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof LinkError)) throw error
  }
  return named
}

/** undefined when the org finds no duplicate of the record any more. */
async function withFound(
  sent: SentAttempt,
  { Id: id, ...record }: WireRecord,
  answer: RecordAnswer,
): Promise<RecordAnswer | undefined> {
  const { salesforce, run, signal } = sent
  const check = await salesforce.findDuplicates(run.plan.object, record, signal)
  const own = id === undefined ? await ownIds(sent, record) : [String(id)]
  const records = check.records.filter(one => !own.includes(one.id))
  return records.length === 0 ? undefined : withDuplicates(answer, { ...check, records })
}

/** The record itself is no duplicate, if an upsert finds it by its key. */
async function ownIds({ salesforce, run, place, signal }: SentAttempt, record: WireRecord): Promise<readonly string[]> {
  const { object, fields, externalIdField = '' } = run.plan
  const key = fields.find(({ name }) => name === externalIdField)
  if (place.operation !== 'upsert' || key === undefined) return []
  const ids: string[] = []
  const values = [String(record[externalIdField])]
  const take = ({ Id }: Readonly<Record<string, unknown>>) => void ids.push(String(Id))
  await salesforce.queryByKeys({ object, key: key.valueField, fields: ['Id', externalIdField], values, signal, take })
  return ids
}

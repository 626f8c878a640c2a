// Salesforce names the duplicates of a record in no answer of sObject Collections and of Bulk API 2.0, so the org is asked for them.

import { LinkError } from '../../../packages/client/contract/linkError.ts'
import { isDuplicate, withDuplicateAdvice, withDuplicates } from '../../results/duplicateAdvice.ts'
import type { RecordAnswer } from '../../results/recordAnswer.ts'
import type { WireRecord } from '../../salesforce/salesforceConnection.ts'
import type { RowAnswer } from '../settleAttempt.ts'
import type { SearchedChunk } from './recordSearch.ts'

/** Records of a chunk whose duplicates are named. Each costs a call, or two. */
const NAMED_RECORDS = 20

type Asked = SearchedChunk & { readonly wire: (cells: readonly string[]) => WireRecord }

/**
 * The answers for the records of a chunk that duplicate rules have rejected: with the duplicates of the first ones, and with what to do.
 * @returns by place in the chunk, counted from 0
 */
export async function duplicateAnswers(
  asked: Asked,
  answerOf: (index: number) => RowAnswer,
): Promise<ReadonlyMap<number, RecordAnswer>> {
  const answers = new Map<number, RecordAnswer>()
  const advised = (answer: RecordAnswer) => withDuplicateAdvice(answer, asked.run.plan.savesDuplicates === true)
  let left = NAMED_RECORDS
  for (const [index, cells] of asked.records.entries()) {
    const answer = answerOf(index)
    if (answer === 'unprocessed' || !isDuplicate(answer)) continue
    const named = left > 0 ? await withFound(asked, cells, answer) : undefined
    answers.set(index, named ?? advised(answer))
    // An org that does not answer one of them answers no other.
    left = named === undefined ? 0 : left - 1
  }
  return answers
}

/** undefined when the org does not say which records are duplicates: the record is rejected in any case. */
async function withFound(
  asked: Asked,
  cells: readonly string[],
  answer: RecordAnswer,
): Promise<RecordAnswer | undefined> {
  const { salesforce, run, signal, wire } = asked
  try {
    const { Id: _, ...record } = wire(cells)
    const check = await salesforce.findDuplicates(run.plan.object, record, signal)
    const own = await ownIds(asked, record, cells)
    const records = check.records.filter(({ id }) => !own.includes(id))
    return records.length === 0 ? undefined : withDuplicates(answer, { ...check, records })
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof LinkError)) throw error
    return undefined
  }
}

/** The record itself is no duplicate, if the org has it already. */
async function ownIds(
  { salesforce, run, place, signal }: Asked,
  record: WireRecord,
  [first = '']: readonly string[],
): Promise<readonly string[]> {
  if (place.operation === 'update') return [first]
  const { object, fields, externalIdField = '' } = run.plan
  const key = fields.find(({ name }) => name === externalIdField)
  if (place.operation !== 'upsert' || key === undefined) return []
  const ids: string[] = []
  const values = [String(record[externalIdField])]
  const take = ({ Id }: Readonly<Record<string, unknown>>) => void ids.push(String(Id))
  await salesforce.queryByKeys({ object, key: key.valueField, fields: ['Id', externalIdField], values, signal, take })
  return ids
}

import { expect, test } from 'vitest'
import { IngestAnswers } from '../../../loader/protocol/bulk/ingestAnswers.ts'
import { type IngestColumns, inDoubtAnswer, succeededAnswer } from '../../../loader/results/recordAnswer.ts'
import type { IngestJob } from '../../../loader/salesforce/salesforceConnection.ts'
import { cellsOf } from '../../rig/cells.ts'

const job: IngestJob = { id: '750000000000001AAA', state: 'Aborted', numberRecordsProcessed: 1, numberRecordsFailed: 0 }

const SUCCESSES = { kind: 'successful', id: 0, created: 1 } as const
const STOPPED = inDoubtAnswer('the job was stopped')

/** Two records with indistinguishable results. */
function outcomes(columns: IngestColumns, result: readonly string[]) {
  const answers = new IngestAnswers(job, 'upsert', 2, STOPPED)
  for (let row = 0; row < 2; row += 1) answers.addResult(undefined, columns, cellsOf([result], true), 0)
  answers.close([0, 1], true)
  return [0, 1].map(row => answers.at(row)).map(answer => (answer === 'unprocessed' ? answer : answer.outcome))
}

test('results that fit either of two records settle both when both were written, otherwise neither', () => {
  expect(outcomes(SUCCESSES, ['003000000000001AAA', 'true'])).toEqual(['created', 'created'])
  expect(outcomes({ kind: 'unprocessed' }, ['x', 'y'])).toEqual(['in_doubt', 'in_doubt'])
})

test('a success has its Id, whatever its form, and was created by an upsert when the org says so in any letter case', () => {
  const results = [
    ['003000000000001AAA', 'TRUE'],
    ['003000000000002AAA', 'false'],
    ['003, "odd"', 'True'],
    ['', 'tru'],
  ]
  const answers = new IngestAnswers(job, 'upsert', results.length, STOPPED)
  for (const index of results.keys()) answers.addResult(index, SUCCESSES, cellsOf(results, true), index)
  expect(results.map((_, index) => answers.at(index))).toEqual([
    succeededAnswer('003000000000001AAA', 'created'),
    succeededAnswer('003000000000002AAA', 'updated'),
    succeededAnswer('003, "odd"', 'created'),
    succeededAnswer('', 'updated'),
  ])
  expect(results.map((_, index) => answers.successes.has(index))).toEqual([true, true, false, false])
})

test('a record without a result is in doubt, and an unprocessed one has the answer of its job', () => {
  const answers = new IngestAnswers(job, 'upsert', 2, STOPPED)
  answers.addResult(1, { kind: 'unprocessed' }, cellsOf([['x']]), 0)
  expect(answers.at(0)).toMatchObject({ outcome: 'in_doubt', errorMessage: expect.stringContaining(job.id) })
  expect(answers.at(1)).toBe(STOPPED)
})

import { expect, test } from 'vitest'
import { IngestAnswers } from '../../../loader/protocol/bulk/ingestAnswers.ts'
import { inDoubtAnswer, succeededAnswer } from '../../../loader/results/recordAnswer.ts'
import type { IngestJob } from '../../../loader/salesforce/salesforceConnection.ts'

const job: IngestJob = { id: '750000000000001AAA', state: 'Aborted', numberRecordsProcessed: 1, numberRecordsFailed: 0 }

/** Two records with indistinguishable results. */
function outcomes(given: Parameters<IngestAnswers['add']>[1]) {
  const answers = new IngestAnswers(job, 2, inDoubtAnswer('the job was stopped'))
  for (let row = 0; row < 2; row += 1) answers.add(undefined, given)
  answers.close([0, 1], true)
  return [0, 1].map(row => answers.at(row)).map(answer => (answer === 'unprocessed' ? answer : answer.outcome))
}

test('results that fit either of two records settle both when both were written, otherwise neither', () => {
  expect(outcomes(succeededAnswer('003000000000001AAA', true))).toEqual(['created', 'created'])
  expect(outcomes(undefined)).toEqual(['in_doubt', 'in_doubt'])
})

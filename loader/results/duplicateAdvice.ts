import type { DuplicateCheck } from '../salesforce/salesforceConnection.ts'
import type { RecordAnswer } from './recordAnswer.ts'

const CODE = 'DUPLICATES_DETECTED'

/** Whether a duplicate rule of the org has rejected the record. */
export const isDuplicate = ({ outcome, errorCode }: RecordAnswer): boolean => outcome === 'failed' && errorCode === CODE

/** Records that a message names. */
const NAMED = 5

const BLOCKS = 'the rule lets no duplicate be saved: update the record that exists, or change the rule'
const ALLOWS = 'to save it in any case, set duplicateRules: allowSave'
const MAY_ALLOW = 'if its duplicate rule lets duplicates be saved, duplicateRules: allowSave does it'

/** The message of a duplicate with what to do. @param allowsSave whether the load saves duplicates, where the rule lets it */
export function withDuplicateAdvice(answer: RecordAnswer, allowsSave: boolean): RecordAnswer {
  return { ...answer, errorMessage: `${answer.errorMessage}; ${allowsSave ? BLOCKS : MAY_ALLOW}` }
}

/** The message of a duplicate with the records that its rule matches, and with what to do. */
export function withDuplicates(answer: RecordAnswer, { rules, records, allowSave }: DuplicateCheck): RecordAnswer {
  const names = records.slice(0, NAMED).map(({ object, id }) => `${object} ${id}`)
  const more = records.length > names.length ? ` and ${records.length - names.length} more` : ''
  const rule = rules.length === 0 ? 'a duplicate rule' : `duplicate rule ${rules.join(', ')}`
  const found = `${rule} matches ${names.join(', ')}${more}`
  return { ...answer, errorMessage: `${answer.errorMessage}; ${found}; ${allowSave ? ALLOWS : BLOCKS}` }
}

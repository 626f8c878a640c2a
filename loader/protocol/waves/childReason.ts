// Why a row is not sent whose parent has no Id, in the words of the first row that was rejected.
import type { RecordResult } from '../../../packages/client/contract/runReport.ts'

/** The code of a row that is not sent because of its parent. */
const CODE = 'PARENT_REJECTED'

export type ChildRejection = { readonly errorCode: typeof CODE; readonly errorMessage: string }

const OF_A_CHILD = /^its parent, (row \d+), (.*)$/s
const BECAUSE = 'was rejected because '

/** What is said of a parent to all of its children. */
export function parentReason({
  outcome,
  errorCode,
  errorMessage,
}: Pick<RecordResult, 'outcome' | 'errorCode' | 'errorMessage'>): string {
  if (outcome === 'in_doubt') return `is in doubt: ${errorMessage}`
  const [, parent, rest = ''] = (errorCode === CODE && OF_A_CHILD.exec(errorMessage)) || []
  if (parent === undefined) return `was rejected: ${errorCode}: ${errorMessage}`
  return rest.startsWith(BECAUSE) ? rest : `${BECAUSE}${parent} ${rest}`
}

/** @param reason of the parent; blank when it was not kept */
export function childRejection(parent: number, reason: string): ChildRejection {
  const why = reason === '' ? `was not loaded; the result of row ${parent} has the reason` : reason
  return { errorCode: CODE, errorMessage: `its parent, row ${parent}, ${why}` }
}

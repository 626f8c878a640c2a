// What a sync does to records that the org has already: the key `existing`.
import type { Problem } from '../../packages/client/contract/issues.ts'
import type { Operation } from '../../packages/client/contract/operations.ts'
import type { ExistingPolicy, SyncSpec } from '../../packages/client/contract/syncSpec.ts'

/** The operations that each policy is about; the others of an operation column are not changed by it. */
const OPERATIONS_OF = {
  keep: ['create', 'upsert'],
  'fill-blanks': ['update', 'upsert'],
} as const satisfies Readonly<Record<ExistingPolicy, readonly Operation[]>>

/** The policy for the records of an operation; undefined for those that are written whole. */
export function existingPolicy(
  { existing }: { readonly existing?: ExistingPolicy },
  operation: Operation,
): ExistingPolicy | undefined {
  if (existing === undefined) return undefined
  const operations: readonly Operation[] = OPERATIONS_OF[existing]
  return operations.includes(operation) ? existing : undefined
}

const OTHER_POLICIES: Readonly<Record<ExistingPolicy, Partial<Readonly<Record<Operation, string>>>>> = {
  keep: { update: ', or set it to fill-blanks, which writes only fields that are blank in the org' },
  'fill-blanks': {
    create: ', or set it to keep, with keyField: then only records are created that the org does not have',
  },
}

/** @param operations that a record may request */
export function existingProblems(spec: SyncSpec, operations: readonly Operation[]): Problem[] {
  const { existing, missing } = spec
  if (existing === undefined) return []
  const problems: Problem[] = []
  if (!operations.some(operation => existingPolicy(spec, operation) !== undefined)) {
    const words = `${existing} is for ${OPERATIONS_OF[existing].join(' and ')}, and this sync does ${operations.join(' and ')}`
    const [operation] = operations
    const other = (operation && OTHER_POLICIES[existing][operation]) ?? ''
    problems.push({ path: ['existing'], message: `${words}; leave existing out${other}` })
  }
  if (missing === 'update') {
    const message = `${existing} leaves the values of missingFields in a record that comes back; leave existing out, or set missing to report or delete`
    problems.push({ path: ['existing'], message })
  }
  if (existing === 'keep' && operations.includes('create')) problems.push(...createProblems(spec))
  return problems
}

function createProblems({ keyField }: SyncSpec): Problem[] {
  const path = ['keyField']
  if (keyField === undefined) {
    return [
      { path, message: 'is missing: with existing: keep a create needs the fields that find a record, such as Email' },
    ]
  }
  if (![keyField].flat().some(name => name.toLowerCase() === 'id')) return []
  const message =
    'Id finds no record for a create, because a new record has none; with existing: keep name another field'
  return [{ path, message }]
}

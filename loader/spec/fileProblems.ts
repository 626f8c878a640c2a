// What a sync that loads files cannot ask for.
import { isFileMapping } from '../../packages/client/contract/fieldMapping.ts'
import type { Problem } from '../../packages/client/contract/issues.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'

export const loadsFiles = ({ fields }: Pick<SyncSpec, 'fields'>): boolean => Object.values(fields).some(isFileMapping)

export function fileProblems(spec: SyncSpec): Problem[] {
  if (!loadsFiles(spec)) return []
  const problems: Problem[] = []
  if (spec.engine === 'bulk') {
    problems.push({ path: ['engine'], message: 'Bulk API 2.0 loads no files; set engine to collections or auto' })
  }
  if (spec.operation !== 'create') {
    const message =
      'a file is loaded by create only; set operation: create, and map ContentDocumentId for a new version of a document'
    problems.push({ path: ['operation'], message })
  }
  return problems
}

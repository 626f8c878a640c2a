// Rules between the keys of a sync that say how Salesforce takes its records.
import type { Problem } from '../../packages/client/contract/issues.ts'
import { hasAssignmentRules } from '../../packages/client/contract/sendingSpec.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { loadsFiles } from './fileProblems.ts'

/** The spec of a run with the engine that it needs: each file is sent by a request of its own, and only requests save duplicates. */
export function withEngine(spec: SyncSpec): SyncSpec {
  const needsRequests = loadsFiles(spec) || spec.duplicateRules === 'allowSave'
  return needsRequests && spec.engine === 'auto' ? { ...spec, engine: 'collections' } : spec
}

export const sendingProblems = (spec: SyncSpec): readonly Problem[] => [
  ...assignmentRuleProblems(spec),
  ...duplicateRuleProblems(spec),
]

function assignmentRuleProblems({ assignmentRule, object }: SyncSpec): readonly Problem[] {
  if (typeof assignmentRule === 'boolean' || hasAssignmentRules(object)) return []
  return [problem('assignmentRule', `an Id is for Lead and Case, not for ${object}; leave assignmentRule out`)]
}

/** Bulk API 2.0 documents no header for duplicate rules, and ignores it. */
function duplicateRuleProblems({ duplicateRules, engine, hardDelete }: SyncSpec): readonly Problem[] {
  if (duplicateRules === 'enforce') return []
  if (hardDelete)
    return [problem('duplicateRules', `allowSave ${NEEDS}, and hardDelete Bulk API 2.0; leave one of them out`)]
  if (engine !== 'bulk') return []
  return [
    problem('duplicateRules', `allowSave ${NEEDS}: set engine to collections or auto, or duplicateRules to enforce`),
  ]
}

const NEEDS = 'needs sObject Collections'

const problem = (key: string, message: string): Problem => ({ path: [key], message })

import type { SearchAttribute } from '../packages/client/contract/searchAttributes.ts'

/** Which of our search attributes the namespace has. Never rejects: not knowing counts as none. */
export type RegisteredAttributes = () => Promise<readonly SearchAttribute[]>

/**
 * Says what a run may be tagged with: a workflow that sets an attribute which is not registered does not get ahead.
 * Retry: safe because it only reads.
 */
export function listSearchAttributes(registered: RegisteredAttributes) {
  return async (): Promise<readonly SearchAttribute[]> => registered()
}

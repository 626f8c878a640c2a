import type { Dependencies } from '../loader/step.ts'
import type { Notifier } from '../notifications/notifier.ts'
import type { SearchAttribute } from '../packages/client/contract/searchAttributes.ts'

/** What the activities need. A worker builds it once from its configuration. */
export type ActivityDependencies = Dependencies & {
  readonly notifier: Notifier
  /** The search attributes of ours that the worker's namespace has; none when that is unknown. Never rejects. */
  readonly searchAttributes: () => Promise<readonly SearchAttribute[]>
}

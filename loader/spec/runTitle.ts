// What a run loads, as people read it in the Temporal UI.

import { OPERATION_BY_COLUMN, type SearchValues } from '../../packages/client/contract/searchAttributes.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'

/** Plain JSON, because the workflow carries it. */
export type RunTitle = {
  readonly sync?: string
  /** `create`, or `create, update or upsert by column contact_action`. */
  readonly operation: string
  readonly object: string
  readonly connection: string
  /** URI of the source, or `200 inline records`. */
  readonly source: string
}

export function titleOf(spec: SyncSpec, sync: string | undefined): RunTitle {
  const { object, connection, operation, source } = spec
  return {
    ...(sync === undefined ? {} : { sync }),
    operation: typeof operation === 'string' ? operation : `create, update or upsert by column ${operation.column}`,
    object,
    connection,
    source: 'uri' in source ? source.uri : `${source.inline.length} inline records`,
  }
}

/** The search attributes that are known before the run starts. */
export function searchValuesOf({ operation, object }: SyncSpec, sync: string | undefined): SearchValues {
  return {
    ...(sync === undefined ? {} : { SflinkSync: sync }),
    SflinkObject: object,
    SflinkOperation: typeof operation === 'string' ? operation : OPERATION_BY_COLUMN,
  }
}

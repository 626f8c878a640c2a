// What a run loads, as Temporal's UI and its search attributes name it.
import { OPERATION_BY_COLUMN, type SearchValues } from '../../packages/client/contract/searchAttributes.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { shownUri } from '../storage/uris.ts'
import { earlierRunOf, earlierWords } from './earlierRun.ts'

/** Plain JSON: it is part of the workflow's state. */
export type RunTitle = {
  readonly sync?: string
  /** `create`, or `create, update or upsert by column contact_action`. */
  readonly operation: string
  readonly object: string
  readonly connection: string
  /** URI of the source without a signature, or `200 inline records`. */
  readonly source: string
}

export function titleOf(spec: SyncSpec, sync: string | undefined): RunTitle {
  const { object, connection, source } = spec
  return {
    ...(sync === undefined ? {} : { sync }),
    operation: operationTitle(spec),
    object,
    connection,
    source: sourceTitle(source),
  }
}

function operationTitle({ operation, source }: SyncSpec): string {
  if (earlierRunOf(source)?.kind === 'undo') return 'undo'
  return typeof operation === 'string' ? operation : `create, update or upsert by column ${operation.column}`
}

function sourceTitle(source: SyncSpec['source']): string {
  const earlier = earlierRunOf(source)
  if (earlier !== undefined) return earlierWords(earlier)
  return 'uri' in source ? shownUri(source.uri) : `${source.inline.length} inline records`
}

/** The search attributes known before a run starts. */
export function searchValuesOf({ operation, object }: SyncSpec, sync: string | undefined): SearchValues {
  return {
    ...(sync === undefined ? {} : { SflinkSync: sync }),
    SflinkObject: object,
    SflinkOperation: typeof operation === 'string' ? operation : OPERATION_BY_COLUMN,
  }
}

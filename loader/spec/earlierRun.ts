// A source that is made from an earlier run in the run store. Only the worker writes its URI: a caller names the run, never a source.
import type { ExternalSource, SourceSpec } from '../../packages/client/contract/sourceSpec.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'

/** What is taken from the earlier run: `retry` its failed records, `undo` what it has written. */
const EARLIER_KINDS = ['retry', 'undo'] as const
type EarlierKind = (typeof EARLIER_KINDS)[number]

export type EarlierRun = { readonly kind: EarlierKind; readonly runId: string }

const EARLIER_URI = new RegExp(`^(${EARLIER_KINDS.join('|')}):(.+)$`, 's')

/** The earlier run that a source is made from; undefined for a source of its own. */
export function earlierRunOf(source: SourceSpec): EarlierRun | undefined {
  const [, kind, runId] = ('uri' in source && EARLIER_URI.exec(source.uri)) || []
  return kind === undefined || runId === undefined ? undefined : { kind: kind as EarlierKind, runId }
}

/** The source that is made from an earlier run. @param source of that run: its rows are read in the same way */
export function sourceFrom({ kind, runId }: EarlierRun, source: SourceSpec): ExternalSource {
  const { shortRows, blankValues, stableFor } = 'uri' in source ? source : INLINE
  return { uri: `${kind}:${runId}`, shortRows, blankValues, stableFor, missing: 'fail', unchanged: 'load' }
}

/** Inline records have a value for each column. */
const INLINE = { shortRows: 'reject', blankValues: [], stableFor: 0 } as const

/** Keys that are about the whole source of a run. */
export const OF_A_WHOLE_SOURCE = [
  'maxRejected',
  'limit',
  'missing',
  'scope',
  'missingFields',
  'maxDeleted',
] as const satisfies readonly (keyof SyncSpec)[]

/** A spec for a part of its source: the records that the part does not have do not count as missing. */
export function specOfPart(spec: SyncSpec): SyncSpec {
  const own = Object.fromEntries(Object.entries(spec).filter(([key]) => !OF_A_WHOLE_SOURCE.some(name => name === key)))
  return { ...(own as SyncSpec), missing: 'ignore', maxDeleted: 0 }
}

const WORDS: Readonly<Record<EarlierKind, string>> = {
  retry: 'the failed records of run',
  undo: 'what undoes run',
}

/** `the failed records of run nightly.2026-11-25` */
export const earlierWords = ({ kind, runId }: EarlierRun): string => `${WORDS[kind]} ${runId}`

/** The keys of the input, and of the report, that name the earlier run. */
const KEYS = { retry: 'retryOf', undo: 'undoOf' } as const satisfies Readonly<Record<EarlierKind, string>>

type EarlierKeys = Partial<Readonly<Record<(typeof KEYS)[EarlierKind], string>>>

/** The key that names the earlier run of a source; none for a source of its own. */
export function earlierKey(source: SourceSpec): EarlierKeys {
  const earlier = earlierRunOf(source)
  return earlier === undefined ? {} : { [KEYS[earlier.kind]]: earlier.runId }
}

type Nullable<T> = { readonly [Key in keyof T]?: T[Key] | null | undefined }

/** The earlier runs that an input names. */
export function earlierRunsIn(input: Nullable<EarlierKeys>): readonly EarlierRun[] {
  return EARLIER_KINDS.flatMap(kind => {
    const runId = input[KEYS[kind]]
    return runId == null ? [] : [{ kind, runId }]
  })
}

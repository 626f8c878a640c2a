import type {
  BlankPolicy,
  ChunkLimits,
  MissingPolicy,
  ResendPolicy,
  SyncSpec,
  UnchangedPolicy,
  ValueFormats,
} from './syncSpec.ts'

// Every default of a sync spec, in this one place. Docs quote them with @default.

/** Records from which `engine: auto` takes Bulk API 2.0: Salesforce advises it beyond 2,000. */
export const BULK_FROM_RECORDS = 2_000

/** Bytes of JSON that a source given inline may have: Temporal rejects a payload of 2 MB and warns long before. */
export const MAX_INLINE_BYTES = 1_000_000

export const DEFAULT_CHUNK: ChunkLimits = {
  bulkRecords: 100_000,
  // Salesforce takes 100 MB before its own encoding; this leaves room for it.
  bulkBytes: 80_000_000,
  collectionsRecords: 2_000,
}

export const DEFAULT_RESEND: ResendPolicy = {
  maxAttempts: 5,
  delay: 5_000,
  // A REST call lives at most 10 minutes in the org.
  lostAnswerWait: 600_000,
}

export const DEFAULT_FORMATS: ValueFormats = { dates: [], decimalSeparator: '.', timeZone: 'UTC' }

export const DEFAULT_BLANK: BlankPolicy = 'ignore'

export const DEFAULT_ENGINE: SyncSpec['engine'] = 'auto'

/** A run without a source is a failed one, unless that is said to be well. */
export const DEFAULT_MISSING: MissingPolicy = 'fail'

/** Many sources do not change every night, and loading one again does no harm; the report tells. */
export const DEFAULT_UNCHANGED: UnchangedPolicy = 'load'

/** Milliseconds between two looks at a source that must find it the same: longer than an upload pauses. */
export const DEFAULT_STABLE_FOR = 30_000

/** Chunks worked on at a time. */
export const DEFAULT_CONCURRENCY = 4

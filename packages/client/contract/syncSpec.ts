// The whole declaration of a load, resolved: every default applied, every field named.
// What a person writes is checked and completed into this by specSchema.ts.

export const OPERATIONS = ['create', 'update', 'upsert'] as const
export type Operation = (typeof OPERATIONS)[number]

export const ENGINES = ['bulk', 'collections'] as const
/** `bulk` is Bulk API 2.0, `collections` is sObject Collections. */
export type Engine = (typeof ENGINES)[number]

export const BLANK_POLICIES = ['ignore', 'clear'] as const
/** What a blank source value does: leave the field alone, or clear it. */
export type BlankPolicy = (typeof BLANK_POLICIES)[number]

/** Where the value of a Salesforce field comes from. */
export type FieldMapping = { readonly column: string } | { readonly value: string }

/** One source record as strings by column name; a column may be absent. */
export type SourceRecord = Readonly<Record<string, string>>

export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export type Encoding = (typeof ENCODINGS)[number]

export const MISSING_POLICIES = ['fail', 'skip'] as const
/** What a run without a source does. */
export type MissingPolicy = (typeof MISSING_POLICIES)[number]

export const UNCHANGED_POLICIES = ['load', 'skip', 'fail'] as const
/** What a run does whose source is byte for byte that of the sync's last completed run. */
export type UnchangedPolicy = (typeof UNCHANGED_POLICIES)[number]

/** A CSV as it can be opened. */
type CsvFile = {
  /** `file:` URI, relative to the configuration file's directory, inside one of the data directories. */
  readonly uri: string
  /** One character; detected from the header row when absent. */
  readonly delimiter?: string
  /** Detected from the byte order mark and the bytes when absent. */
  readonly encoding?: Encoding
}

/** A CSV, with what is to be done when it is not there, or is the last one again. */
export type CsvSource = CsvFile & {
  /** Milliseconds after the scheduled time, or of a run started otherwise after its start, that the source may come late. */
  readonly waitFor?: number
  /** Milliseconds that a source must stay as it is before it is read; looked at when it may come late. */
  readonly stableFor: number
  readonly missing: MissingPolicy
  readonly unchanged: UnchangedPolicy
}

type InlineSource = { readonly inline: readonly SourceRecord[] }

export type SourceSpec = CsvSource | InlineSource

/** A source as it is opened. */
export type OpenedSource = CsvFile | InlineSource

/** How source values are written, where Salesforce's own form is not used. */
export type ValueFormats = {
  /** Patterns made of yyyy MM dd HH mm ss and literal characters, tried in order. ISO 8601 is always accepted. */
  readonly dates: readonly string[]
  readonly decimalSeparator: '.' | ','
  /** IANA name; the zone of datetimes that carry no offset. */
  readonly timeZone: string
}

/** Columns of results.csv beyond `status,errormessage,timestamp,<identity fields>`. */
export const EXTRA_RESULT_COLUMNS = ['row', 'operation', 'id', 'created', 'errorcode'] as const
export type ExtraResultColumn = (typeof EXTRA_RESULT_COLUMNS)[number]

export type SyncSpec = {
  /** Name of a connection in the worker's configuration. */
  readonly connection: string
  /** sObject API name. */
  readonly object: string
  /** One operation for the run, or the source column that names it record by record. */
  readonly operation: Operation | { readonly column: string }
  readonly source: SourceSpec
  /** The Salesforce field that finds the existing record on update. `Id` when absent and mapped. */
  readonly keyField?: string
  /** The External ID field for upsert. */
  readonly externalIdField?: string
  /** Salesforce field, or `Relationship.ExternalIdField`, to its mapping. */
  readonly fields: Readonly<Record<string, FieldMapping>>
  /** Source columns echoed in each result, in this order. */
  readonly identityFields: readonly string[]
  readonly blank: BlankPolicy
  readonly formats: ValueFormats
  /** Most records the preflight may reject before the run fails with nothing sent; no limit when absent. */
  readonly maxRejected?: number
  readonly engine: Engine | 'auto'
  readonly chunk: ChunkLimits
  /** Chunks worked on at a time. */
  readonly concurrency: number
  readonly resend: ResendPolicy
  readonly resultColumns: readonly ExtraResultColumn[]
  /** Whether assignment rules run (Lead, Case). */
  readonly assignmentRules: boolean
}

export type ChunkLimits = {
  /** Records in an ingest job. */
  readonly bulkRecords: number
  /** Bytes of CSV in an ingest job. Salesforce takes at most 100 MB before its own encoding. */
  readonly bulkBytes: number
  /** Records in a series of collection requests. */
  readonly collectionsRecords: number
}

export type ResendPolicy = {
  /** Rounds for records rejected for a passing reason, the first one included. */
  readonly maxAttempts: number
  /** Milliseconds before the second round; doubled for each later one. */
  readonly delay: number
  /** Milliseconds after which a request whose answer was lost can no longer be at work in the org. */
  readonly lostAnswerWait: number
}

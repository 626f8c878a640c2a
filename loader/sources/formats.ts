// How the bytes of a source are read: by what the sync says, else by the extension of its name.
import type {
  ExternalSource,
  OpenedExternal,
  ReadFormat,
  SourceSpec,
} from '../../packages/client/contract/sourceSpec.ts'
import type { SourceOpening, SourceTable } from './sourceReader.ts'
import { isPattern, kindOfSource } from './sourceUri.ts'

/** Formats that are not CSV text. */
type TableFormat = Exclude<ReadFormat, 'csv'>

/** Keys of a source that not all formats have. */
export const FORMAT_KEYS = [
  'delimiter',
  'encoding',
  'sheet',
  'headerRow',
  'records',
  'query',
  'table',
] as const satisfies readonly (keyof ExternalSource)[]
type FormatKey = (typeof FORMAT_KEYS)[number]

const CSV_KEYS: readonly FormatKey[] = ['delimiter', 'encoding']

type FormatRules = {
  /** Extensions of names, in lower case. */
  readonly extensions: readonly string[]
  readonly keys: readonly FormatKey[]
  /** Whether every number has a type, so that its decimal mark is known. In a workbook numbers are also typed in as text. */
  readonly hasTypedNumbers: boolean
  /** Whether it opens all files of a pattern itself; those of other formats are read one after the other. */
  readonly opensPatterns: boolean
  /** Opens the source as a table. Its code is loaded when the first source needs it. */
  readonly open: (source: OpenedExternal, opening: SourceOpening) => Promise<SourceTable>
}

const TABLE_FORMATS: Readonly<Record<TableFormat, FormatRules>> = {
  xlsx: {
    extensions: ['.xlsx', '.xlsm'],
    keys: ['sheet', 'headerRow'],
    hasTypedNumbers: false,
    opensPatterns: false,
    open: async (source, opening) => (await import('./xlsx/openWorkbook.ts')).openWorkbook(source, opening),
  },
  postgresql: {
    extensions: [],
    keys: ['query', 'table'],
    hasTypedNumbers: true,
    opensPatterns: false,
    open: async (source, opening) => (await import('./postgres/databaseSource.ts')).openDatabaseSource(source, opening),
  },
  json: {
    extensions: ['.json'],
    keys: ['encoding', 'records'],
    hasTypedNumbers: true,
    opensPatterns: true,
    open: async (source, opening) => (await import('./json/jsonTable.ts')).openJsonTable(source, opening, 'json'),
  },
  ndjson: {
    extensions: ['.ndjson', '.jsonl'],
    keys: ['encoding'],
    hasTypedNumbers: true,
    opensPatterns: true,
    open: async (source, opening) => (await import('./json/jsonTable.ts')).openJsonTable(source, opening, 'ndjson'),
  },
  parquet: {
    extensions: ['.parquet'],
    keys: [],
    hasTypedNumbers: true,
    opensPatterns: true,
    open: async (source, opening) => (await import('./duckdb/parquetTable.ts')).openParquetTable(source, opening),
  },
}

/** The format of a source; `csv` for a name with an extension that no other format has. */
export function formatOf({ uri, format }: Pick<ExternalSource, 'uri' | 'format'>): ReadFormat {
  if (kindOfSource(uri) === 'database') return 'postgresql'
  if (format !== undefined) return format
  const name = uri
    .toLowerCase()
    .replace(/[?#].*$/, '')
    .replace(/\.gz$/, '')
  const found = Object.entries<FormatRules>(TABLE_FORMATS).find(([, { extensions }]) =>
    extensions.some(end => name.endsWith(end)),
  )
  return (found?.[0] as TableFormat | undefined) ?? 'csv'
}

/** The keys that a format has, of those that not all formats have. */
export const keysOf = (format: ReadFormat): readonly FormatKey[] => rulesOf(format)?.keys ?? CSV_KEYS

/** Whether the source is a pattern whose files are read one after the other. */
export const isJoined = (source: OpenedExternal): boolean =>
  isPattern(source.uri) && rulesOf(formatOf(source))?.opensPatterns !== true

/** The opener of a source that is a table; undefined for CSV text. */
export function tableOpener(source: OpenedExternal): FormatRules['open'] | undefined {
  return rulesOf(formatOf(source))?.open
}

/** Whether the decimal mark of all numbers is known without a declaration. Services write inline numbers with a point. */
export function hasTypedNumbers(source: SourceSpec): boolean {
  return 'inline' in source || rulesOf(formatOf(source))?.hasTypedNumbers === true
}

const rulesOf = (format: ReadFormat): FormatRules | undefined => (format === 'csv' ? undefined : TABLE_FORMATS[format])

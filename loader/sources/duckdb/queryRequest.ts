// What the process of DuckDB gets from the worker, and what it answers.

/** Files that a query reads under one name. */
export type QueryTable = {
  readonly name: string
  /** Absolute paths, with the same columns. */
  readonly files: readonly string[]
  /**
   * Of CSV in our own dialect, without a header: the names of its columns, all different in any letter case, and the bytes of its longest
   * record. Absent for Parquet.
   */
  readonly csv?: { readonly columns: readonly string[]; readonly longestRecord: number }
}

export type QueryRequest = {
  readonly tables: readonly QueryTable[]
  /** One SELECT; absent: all of the first table. */
  readonly sql?: string
  /** The file for the rows: CSV in our own dialect, without a header. */
  readonly target: string
  /** A directory for what does not fit into memory. */
  readonly spill: string
  readonly maxSpillBytes: number
  readonly decimalSeparator: '.' | ','
}

/**
 * The names of the columns, or why there are none: `package`: DuckDB is not installed; `file`: a file can't be read; `sql`: the statement
 * can't be executed. A message completes a sentence and has no value of a record.
 */
export type QueryOutcome =
  | { readonly columns: readonly string[] }
  | { readonly problem: 'package' | 'file' | 'sql'; readonly message: string; readonly advice: string }

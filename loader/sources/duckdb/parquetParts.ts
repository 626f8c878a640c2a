// How DuckDB reads the Parquet files of a source: all of them, each with its own types.
import { basename } from 'node:path'
import { type DuckDBConnection, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api'
import { quotedText } from './columnText.ts'

/** Files one after the other whose columns have the same names and types. */
export type ParquetPart = {
  readonly files: readonly string[]
  readonly types: ReadonlyMap<string, DuckDBType>
}

/** Files with columns of the same names. */
export const readParquet = (files: readonly string[]): string =>
  `read_parquet([${files.map(quotedText).join(', ')}], union_by_name = true, hive_partitioning = false)`

/** Throws unless all files have columns of the same names: DuckDB would add blank values. */
export async function parquetParts(
  connection: DuckDBConnection,
  files: readonly string[],
): Promise<readonly ParquetPart[]> {
  const parts: { files: string[]; readonly types: ReadonlyMap<string, DuckDBType>; readonly key: string }[] = []
  for (const file of files) {
    const types = await typesOf(connection, file)
    const first = parts[0]
    if (first !== undefined) checkNames(file, types, first)
    const key = JSON.stringify([...types].map(([name, type]) => [name, type.toString()]).sort())
    if (parts.at(-1)?.key === key) parts.at(-1)?.files.push(file)
    else parts.push({ files: [file], types, key })
  }
  return parts
}

async function typesOf(connection: DuckDBConnection, file: string): Promise<ReadonlyMap<string, DuckDBType>> {
  const statement = await connection.prepare(`SELECT * FROM ${readParquet([file])}`)
  const indexes = Array.from({ length: statement.columnCount }, (_, index) => index)
  const types = new Map(indexes.map(index => [statement.columnName(index), statement.columnType(index)]))
  statement.destroySync()
  return types
}

function checkNames(file: string, types: ParquetPart['types'], first: ParquetPart): void {
  const other = basename(first.files[0] ?? '')
  const missing = [...first.types.keys()].find(name => !types.has(name))
  const added = [...types.keys()].find(name => !first.types.has(name))
  if (missing !== undefined) throw new Error(`${basename(file)} has no column "${missing}", and ${other} has one`)
  if (added !== undefined) throw new Error(`${basename(file)} has a column "${added}", and ${other} has none`)
}

/** Integers of 64 bits: all of them fit into the type that DuckDB takes for two of them. */
const INTEGERS: readonly DuckDBTypeId[] = [
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
]

/** Throws when one table of all parts would change values: an integer has more digits than a double, and a local time has no zone. */
export function checkOneTable([first, ...others]: readonly ParquetPart[]): void {
  for (const { files, types } of others) {
    for (const [name, type] of types) {
      const before = first?.types.get(name) ?? type
      const areIntegers = [type, before].every(({ typeId }) => INTEGERS.includes(typeId))
      if (areIntegers || type.toString() === before.toString()) continue
      throw new Error(
        `the column "${name}" is ${type} in ${basename(files[0] ?? '')} and ${before} in ${basename(first?.files[0] ?? '')}, so that SQL would change its values`,
      )
    }
  }
}

// The SQL that renders a column of any type as the text of a CSV cell.
import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api'

/** One column of the CSV. A structure has one for each of its fields: `address.city`. */
export type TextColumn = { readonly name: string } & ({ readonly sql: string } | { readonly unusable: string })

const MACRO = 'sflink_plain'

/**
 * Digits without an exponent and without zeros behind the last decimal. DuckDB writes an exponent from 16 on for doubles, and their
 * digits end before it.
 */
export const PLAIN_NUMBER_MACRO = `CREATE MACRO ${MACRO}(t) AS CASE
  WHEN NOT contains(t, 'e') THEN if(t = '-0.0', '0', if(contains(t, '.'), rtrim(rtrim(t, '0'), '.'), t))
  WHEN contains(t, 'e-') THEN if(starts_with(t, '-'), '-', '') || '0.' || repeat('0', CAST(split_part(t, 'e-', 2) AS INTEGER) - 1)
    || replace(ltrim(split_part(t, 'e', 1), '-'), '.', '')
  ELSE rpad(replace(split_part(t, 'e+', 1), '.', ''), CAST(split_part(t, 'e+', 2) AS INTEGER) + 1 + if(starts_with(t, '-'), 1, 0), '0')
END`

const TIMESTAMPS: readonly DuckDBTypeId[] = [
  DuckDBTypeId.TIMESTAMP,
  DuckDBTypeId.TIMESTAMP_S,
  DuckDBTypeId.TIMESTAMP_MS,
  DuckDBTypeId.TIMESTAMP_NS,
]

/** Types with decimals: their mark is the one that the sync declares. */
const DECIMALS: readonly DuckDBTypeId[] = [DuckDBTypeId.FLOAT, DuckDBTypeId.DOUBLE, DuckDBTypeId.DECIMAL]

/** Types whose text is the value as it is. */
const AS_WRITTEN: readonly DuckDBTypeId[] = [
  DuckDBTypeId.VARCHAR,
  DuckDBTypeId.BOOLEAN,
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.BIGNUM,
  DuckDBTypeId.DATE,
  DuckDBTypeId.TIME,
  DuckDBTypeId.TIME_NS,
  DuckDBTypeId.TIME_TZ,
  DuckDBTypeId.INTERVAL,
  DuckDBTypeId.UUID,
  DuckDBTypeId.ENUM,
  DuckDBTypeId.BIT,
  DuckDBTypeId.SQLNULL,
]

/** Types that are written as JSON. */
const NESTED: readonly DuckDBTypeId[] = [
  DuckDBTypeId.STRUCT,
  DuckDBTypeId.LIST,
  DuckDBTypeId.ARRAY,
  DuckDBTypeId.MAP,
  DuckDBTypeId.UNION,
  DuckDBTypeId.VARIANT,
]

/** @param value the SQL of the column */
export function textColumns(
  name: string,
  value: string,
  type: DuckDBType,
  decimalSeparator: '.' | ',',
): readonly TextColumn[] {
  if (type.typeId === DuckDBTypeId.STRUCT && type.entryNames.every(entry => entry !== '')) {
    return type.entryNames.flatMap((entry, index) => {
      const inner = `struct_extract(${value}, ${quotedText(entry)})`
      return textColumns(`${name}.${entry}`, inner, type.entryTypes[index] as DuckDBType, decimalSeparator)
    })
  }
  const unusable = unusableType(type)
  return [unusable === undefined ? { name, sql: textOf(value, type, decimalSeparator) } : { name, unusable }]
}

/** The type inside a column that has no text; undefined when all of it has. */
function unusableType(type: DuckDBType): string | undefined {
  if (type.typeId === DuckDBTypeId.STRUCT) return firstUnusable(type.entryTypes)
  if (type.typeId === DuckDBTypeId.LIST || type.typeId === DuckDBTypeId.ARRAY) return unusableType(type.valueType)
  if (type.typeId === DuckDBTypeId.MAP) return firstUnusable([type.keyType, type.valueType])
  if (type.typeId === DuckDBTypeId.UNION) return firstUnusable(type.memberTypes)
  const isUsable = [AS_WRITTEN, DECIMALS, TIMESTAMPS, NESTED].some(types => types.includes(type.typeId))
  return isUsable || type.typeId === DuckDBTypeId.TIMESTAMP_TZ ? undefined : type.toString()
}

const firstUnusable = (types: readonly DuckDBType[]): string | undefined =>
  types.map(unusableType).find(found => found !== undefined)

function textOf(value: string, type: DuckDBType, decimalSeparator: '.' | ','): string {
  const text = `CAST(${value} AS VARCHAR)`
  if (AS_WRITTEN.includes(type.typeId)) return text
  if (TIMESTAMPS.includes(type.typeId)) return `replace(${text}, ' ', 'T')`
  if (type.typeId === DuckDBTypeId.TIMESTAMP_TZ) {
    return `replace(CAST(${value} AT TIME ZONE 'UTC' AS VARCHAR), ' ', 'T') || 'Z'`
  }
  if (DECIMALS.includes(type.typeId)) {
    const plain = `${MACRO}(${text})`
    return decimalSeparator === '.' ? plain : `replace(${plain}, '.', ',')`
  }
  const json = `CAST(to_json(${value}) AS VARCHAR)`
  const item = type.typeId === DuckDBTypeId.LIST || type.typeId === DuckDBTypeId.ARRAY ? type.valueType : undefined
  if (item === undefined || NESTED.includes(item.typeId)) return json
  // As in a multi-select picklist. An item with a semicolon would be read as two.
  const items = `list_transform(${value}, lambda item: ${textOf('item', item, decimalSeparator)})`
  return `if(len(list_filter(${items}, lambda item: contains(item, ';'))) > 0, ${json}, array_to_string(${items}, ';'))`
}

export const quotedText = (text: string): string => `'${text.replaceAll("'", "''")}'`
export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`

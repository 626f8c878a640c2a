// How the columns of a query become text: by their types, from the text that the server sends.
import { type Client, escapeIdentifier, type FieldDef } from 'pg'
import { SourceHeaderError } from '../errors.ts'
import { readArrayText } from './arrayText.ts'

/** The text of a value in the source; never called for NULL. */
type Render = (text: string) => string

export type Column = { readonly name: string; readonly render: Render }

/** A value that would be read as something else. Completes "the column … ". */
export class ValueProblem extends Error {
  override readonly name = 'ValueProblem' as const
}

/** A row of pg_type. */
type CatalogType = {
  readonly oid: number
  readonly name: string
  /** b base, c composite, d domain, e enum, p pseudo, r range, m multirange */
  readonly kind: string
  readonly category: string
  /** The type of the elements of an array. */
  readonly element: number
  readonly delimiter: string
  /** The type below a domain. */
  readonly base: number
}

const kept: Render = text => text

// Object identifiers of the types in PostgreSQL's src/include/catalog/pg_type.dat; they never change.
const BOOL = 16
const FIXED_CHAR = 1042
const FLOATS: readonly number[] = [700, 701]
const NUMERIC = 1700
const TIMESTAMP = 1114
const TIMESTAMP_WITH_ZONE = 1184
const RECORD = 2249
/** Integers, texts, json, date, time, uuid, and vectors such as `1 2 3`, which are arrays by their category. */
const PLAIN: readonly number[] = [18, 19, 20, 21, 22, 23, 25, 26, 30, 114, 1043, 1082, 1083, 2950, 3802]

/** Types that the catalog has nothing to add to. */
const BUILT_IN: ReadonlySet<number> = new Set([
  ...[...PLAIN, ...FLOATS, BOOL, FIXED_CHAR, NUMERIC, TIMESTAMP, TIMESTAMP_WITH_ZONE],
])

/** Types with values that are no text, and what a query can do. */
const UNREADABLE: ReadonlyMap<number, (column: string) => string> = new Map([
  [17, column => `encode(${column}, 'base64')`],
  // Its text depends on the currency of the server.
  [790, column => `${column}::numeric`],
])

/**
 * The columns of a result. Throws SourceHeaderError when names are blank or occur twice, and for a type whose values are no text.
 * @param source the name of the source in messages
 */
export async function readColumns(
  client: Client,
  fields: readonly FieldDef[],
  { source, decimalSeparator }: { readonly source: string; readonly decimalSeparator: '.' | ',' },
): Promise<readonly Column[]> {
  checkNames(source, fields)
  const types = await catalogTypes(client, fields)
  return fields.map(({ name, dataTypeID }) => {
    const render = renderOf(dataTypeID, types, decimalSeparator)
    if ('problem' in render) {
      const quoted = /^[a-z_]\w*$/.test(name) ? name : escapeIdentifier(name)
      throw new SourceHeaderError(
        source,
        `the column ${JSON.stringify(name)} has the type ${render.problem}, whose values are no text`,
        `Leave it out, or convert it in a query: ${render.convert(quoted)} AS ${quoted}.`,
      )
    }
    return { name, render: render.render }
  })
}

function checkNames(source: string, fields: readonly FieldDef[]): void {
  if (fields.length === 0) throw new SourceHeaderError(source, 'it has no columns', 'Name the columns after SELECT.')
  const seen = new Map<string, number>()
  for (const [index, { name }] of fields.entries()) {
    const trimmed = name.trim()
    if (trimmed === '') {
      throw new SourceHeaderError(source, `the name of column ${index + 1} is blank`, 'Name it in the query: AS name.')
    }
    const first = seen.get(trimmed)
    if (first !== undefined) {
      throw new SourceHeaderError(
        source,
        `the columns ${first + 1} and ${index + 1} have the same name ${JSON.stringify(trimmed)}`,
        'Give one of them another name in the query: AS name.',
      )
    }
    seen.set(trimmed, index)
  }
}

/** Looks up the types that are not built in, with the types below them. */
async function catalogTypes(client: Client, fields: readonly FieldDef[]): Promise<ReadonlyMap<number, CatalogType>> {
  const types = new Map<number, CatalogType>()
  let wanted = fields.map(({ dataTypeID }) => dataTypeID)
  for (;;) {
    const open = [...new Set(wanted)].filter(oid => oid !== 0 && !BUILT_IN.has(oid) && !types.has(oid))
    if (open.length === 0) return types
    const { rows } = await client.query<CatalogType>(
      `SELECT oid, pg_catalog.format_type(oid, NULL) AS name, typtype AS kind, typcategory AS category,
         typelem AS element, typdelim AS delimiter, typbasetype AS base
       FROM pg_catalog.pg_type WHERE oid = ANY($1::oid[])`,
      [open],
    )
    for (const row of rows) types.set(row.oid, row)
    wanted = rows.flatMap(({ element, base }) => [element, base])
  }
}

type Rendering =
  | { readonly render: Render }
  | { readonly problem: string; readonly convert: (column: string) => string }

function renderOf(oid: number, types: ReadonlyMap<number, CatalogType>, separator: '.' | ','): Rendering {
  const type = types.get(oid)
  const convert = UNREADABLE.get(oid)
  if (convert !== undefined) return { problem: type?.name ?? String(oid), convert }
  if (type?.kind === 'd') return renderOf(type.base, types, separator)
  if (type?.kind === 'c' || oid === RECORD) {
    return { problem: type?.name ?? 'record', convert: column => `to_jsonb(${column})` }
  }
  if (type?.category === 'A' && type.element !== 0) {
    const element = renderOf(type.element, types, separator)
    if ('problem' in element) return { problem: type.name, convert: column => `to_jsonb(${column})` }
    return { render: text => listText(text, type.delimiter, element.render) }
  }
  return { render: scalarRender(oid, separator) }
}

function scalarRender(oid: number, separator: '.' | ','): Render {
  const marked: Render = separator === '.' ? kept : text => text.replace('.', separator)
  if (oid === NUMERIC) return marked
  if (FLOATS.includes(oid)) return text => marked(withoutExponent(text))
  if (oid === BOOL) return text => (text === 't' ? 'true' : 'false')
  if (oid === TIMESTAMP) return isoTime
  if (oid === TIMESTAMP_WITH_ZONE) return text => isoTime(text).replace(/\+00(?= BC$|$)/, 'Z')
  if (oid === FIXED_CHAR) return withoutBlanksAtEnd
  return kept
}

/** PostgreSQL fills char(n) with blanks, and does not compare them. */
function withoutBlanksAtEnd(text: string): string {
  let end = text.length
  while (text[end - 1] === ' ') end--
  return text.slice(0, end)
}

/** `infinity` stays as it is, and no date field accepts it. */
const isoTime: Render = text => text.replace(' ', 'T')

/** `1.5e-07` as `0.00000015`; NaN and Infinity stay, and no number field accepts them. */
export function withoutExponent(text: string): string {
  const [, sign, whole, decimals = '', exponent] = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? []
  if (whole === undefined) return text
  const point = whole.length + Number(exponent)
  const digits = whole + decimals
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return sign + digits.padEnd(point, '0')
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** The elements with `;` between them, as a multi-select picklist has them. Throws ValueProblem. */
function listText(text: string, delimiter: string, render: Render): string {
  const elements = readArrayText(text, delimiter)
  if (elements === undefined) throw new ValueProblem('has an array of several dimensions; convert it: to_jsonb(column)')
  const texts = elements.flatMap(element => (element === undefined ? [] : [render(element)]))
  if (texts.some(element => element.includes(';'))) {
    throw new ValueProblem(
      "has an array with a ; in an element, which would become two; convert it: array_to_string(column, '|') or to_jsonb(column)",
    )
  }
  return texts.join(';')
}

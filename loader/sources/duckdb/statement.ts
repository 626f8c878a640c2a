// Whether a text is one SELECT that reads tables only, by the syntax tree that DuckDB makes of it.

/** Table functions that read no file and change no setting. DuckDB has others that do, such as `read_csv` and `enable_logging`. */
const ALLOWED_FUNCTIONS: ReadonlySet<string> = new Set([
  'generate_series',
  'json_each',
  'json_tree',
  'range',
  'repeat',
  'unnest',
])

const ONE_SELECT = 'Write one SELECT over the table source.'

export type StatementProblem = { readonly message: string; readonly advice: string }

/** @param serialized what `json_serialize_sql` makes of the SQL */
export function statementProblem(sql: string, serialized: string): StatementProblem | undefined {
  const tree = JSON.parse(serialized) as SerializedStatements
  if (tree.error) {
    const { error_type: type, error_message: message, position } = tree
    if (type !== 'parser') return { message: 'it is not a SELECT', advice: ONE_SELECT }
    return { message: `${message}${position === undefined ? '' : placeAt(sql, Number(position))}`, advice: ONE_SELECT }
  }
  const { length } = tree.statements
  if (length !== 1) return { message: length === 0 ? 'it is blank' : `it has ${length} statements`, advice: ONE_SELECT }
  const name = otherFunction(tree.statements)
  if (name === undefined) return undefined
  return {
    message: `it calls ${name}, which it may not`,
    advice: 'Name a further file under tables: {countries: "file:data/countries.csv"}, and read it by that name.',
  }
}

type SerializedStatements =
  | { readonly error: true; readonly error_type: string; readonly error_message: string; readonly position?: string }
  | { readonly error: false; readonly statements: readonly unknown[] }

/** The first table function that is not allowed. */
function otherFunction(node: unknown): string | undefined {
  if (typeof node !== 'object' || node === null) return undefined
  if (isTableFunction(node) && !ALLOWED_FUNCTIONS.has(node.function.function_name.toLowerCase())) {
    return node.function.function_name
  }
  for (const inner of Object.values(node)) {
    const found = otherFunction(inner)
    if (found !== undefined) return found
  }
  return undefined
}

type TableFunction = { readonly function: { readonly function_name: string } }

const isTableFunction = (node: object): node is TableFunction => 'type' in node && node.type === 'TABLE_FUNCTION'

/** @param position in bytes */
function placeAt(sql: string, position: number): string {
  const lines = Buffer.from(sql).subarray(0, position).toString().split('\n')
  return ` (line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1})`
}

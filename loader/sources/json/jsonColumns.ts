import { MAX_COLUMNS } from '../../csv/csvScanner.ts'
import { JSON_ADVICE, SourceJsonError } from './errors.ts'
import type { JsonRecord } from './jsonScanner.ts'
import { plainNumber } from './plainNumber.ts'

/** A number whose text is kept. https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/JSON/rawJSON */
type RawNumber = { readonly rawJSON: string }

/** Functions that Node 22 has and the language level of the compiler does not. */
type RawJson = {
  rawJSON(text: string): RawNumber
  isRawJSON(value: unknown): value is RawNumber
}
const rawJson = JSON as unknown as RawJson

type JsonObject = Readonly<Record<string, unknown>>

/** Between the values of a list, as in a multi-select picklist. */
const BETWEEN_VALUES = ';'

/** Turns records into rows: a column for each path, such as `address.city`, in the order in which the paths first occur. */
export class JsonColumns {
  readonly #decimalSeparator: '.' | ','
  /** Positions by names as they are written: a name in another Unicode form means the same column. */
  readonly #columns = new Map<string, number>()
  readonly #names: string[] = []
  /** Columns with lists of objects. */
  readonly lists = new Set<string>()

  constructor(decimalSeparator: '.' | ',') {
    this.#decimalSeparator = decimalSeparator
  }

  get names(): readonly string[] {
    return this.#names
  }

  /** The cells of a record, one for each column known by now. Throws SourceJsonError. */
  row(record: JsonRecord): string[] {
    const cells: (string | undefined)[] = new Array(this.#names.length).fill(undefined)
    const read = parsed(record)
    if (read === undefined) throw problemOf(record, 'it is not valid JSON', JSON_ADVICE.check)
    const names = this.#fill(cells, read, '', record)
    if (names !== record.names) {
      throw problemOf(record, 'an object has a name twice, so that one of its values would be lost', JSON_ADVICE.check)
    }
    return cells.map(cell => cell ?? '')
  }

  /** Returns how many names the object has, with those of all objects inside it. */
  #fill(cells: (string | undefined)[], object: JsonObject, prefix: string, record: JsonRecord): number {
    let names = 0
    for (const name in object) {
      const value = object[name]
      names += 1
      if (isObject(value)) names += this.#fill(cells, value, `${prefix}${name}.`, record)
      else {
        const path = prefix + name
        const column = this.#columns.get(path) ?? this.#newColumn(path, record)
        if (cells[column] !== undefined) {
          throw problemOf(record, `two of its values belong to the column ${JSON.stringify(path)}`, JSON_ADVICE.check)
        }
        if (Array.isArray(value)) {
          names += namesIn(value)
          cells[column] = this.#list(value, path, record)
        } else cells[column] = this.#scalar(value, record)
      }
    }
    return names
  }

  #newColumn(path: string, record: JsonRecord): number {
    const name = path.normalize('NFC')
    const column = this.#columns.get(name) ?? this.#names.length
    if (column === MAX_COLUMNS) {
      throw problemOf(record, `the records have more than ${MAX_COLUMNS} different names`, MANY_NAMES)
    }
    if (column === this.#names.length) this.#names.push(name)
    this.#columns.set(name, column).set(path, column)
    return column
  }

  #scalar(value: unknown, record: JsonRecord): string {
    if (typeof value === 'string') {
      // Only an escape can write half a character.
      if (record.isSpecial && !value.isWellFormed()) throw problemOf(record, HALF, JSON_ADVICE.check)
      return value
    }
    if (value === null) return ''
    if (typeof value === 'boolean') return value ? 'true' : 'false'
    const plain = plainNumber(rawJson.isRawJSON(value) ? value.rawJSON : String(value))
    return this.#decimalSeparator === '.' ? plain : plain.replace('.', this.#decimalSeparator)
  }

  #list(values: readonly unknown[], path: string, record: JsonRecord): string {
    const isPlain = values.every(value => typeof value !== 'object' || value === null || rawJson.isRawJSON(value))
    if (!isPlain) {
      this.lists.add(path)
      return JSON.stringify(values)
    }
    const texts = values.filter(value => value !== null).map(value => this.#scalar(value, record))
    return texts.some(text => text.includes(BETWEEN_VALUES)) ? JSON.stringify(values) : texts.join(BETWEEN_VALUES)
  }
}

const problemOf = (record: JsonRecord, problem: string, advice: string): SourceJsonError =>
  new SourceJsonError(record.source, problem, record, advice)

const MANY_NAMES = 'Export an object whose names are values, such as dates or Ids, as an array.'
const HALF = 'a text has an escape of half a character (\\uD800 to \\uDFFF)'

/** undefined when the record is not valid JSON: the message of the parser would show its values. */
function parsed({ bytes, isSpecial }: JsonRecord): JsonObject | undefined {
  try {
    // A reviver is slow: most records have no number that needs its text.
    return isSpecial ? JSON.parse(bytes.toString(), keepNumbers) : JSON.parse(bytes.toString())
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function keepNumbers(
  ...[, value, context]: [name: string, value: unknown, context?: { readonly source?: string }]
): unknown {
  const source = context?.source
  return typeof value === 'number' && source !== undefined && String(value) !== source ? rawJson.rawJSON(source) : value
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !rawJson.isRawJSON(value)

function namesIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + namesIn(item), 0)
  if (!isObject(value)) return 0
  return Object.values(value).reduce<number>((sum, item) => sum + 1 + namesIn(item), 0)
}

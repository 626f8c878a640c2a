// SFDMU's ValueMapping.csv beside export.json: other values for those of a field, as `values` of its column.
import { createReadStream } from 'node:fs'
import { recordValues } from '../../loader/csv/cells.ts'
import { readCsv } from '../../loader/sources/csv.ts'
import { canonicalText } from '../../loader/values/text.ts'
import type { Encoding } from '../../packages/client/contract/encodings.ts'
import { MAX_LISTED } from '../../packages/client/contract/fieldMapping.ts'
import { LinkError } from '../../packages/client/contract/linkError.ts'
import type { Note } from './imported.ts'
import { firstFile } from './importedSource.ts'
import type { SfdmuMapping } from './sfdmuLookups.ts'

const COLUMNS = ['ObjectName', 'FieldName', 'RawValue', 'Value']

/** An empty value on either side. */
const EMPTY = '#N/A'

type FieldValues = { readonly values: Readonly<Record<string, string>>; readonly default?: string }

export type SfdmuValues = {
  /** By the name of the field in small letters. */
  readonly fields: ReadonlyMap<string, FieldValues>
  readonly notes: readonly Note[]
}

/** Reads the values of one object. Rules that are no plain values are named in notes. @param path of the file, which may not exist */
export async function sfdmuValues(
  path: string,
  object: string,
  reading: { readonly delimiter?: string; readonly encoding?: Encoding },
): Promise<SfdmuValues> {
  const rows = await readRows(path, reading)
  if (typeof rows === 'string') return { fields: new Map(), notes: [toDo(rows)] }
  const own = rows.filter(([name = '']) => name.toLowerCase() === object.toLowerCase())
  const byField = Map.groupBy(own, ([, field = '']) => field.toLowerCase())
  const notes: Note[] = []
  const fields = new Map<string, FieldValues>()
  for (const [field, all] of byField) {
    const plain = all.filter(([, , raw = '', value = '']) => !isRule(raw) && !isRule(value))
    const name = all[0]?.[1] ?? field
    if (plain.length < all.length)
      notes.push(toDo(`regular expressions for ${name} are not carried over; list their values`))
    const pairs = new Map(plain.map(([, , raw = '', value = '']) => [listed(raw), listed(value)]))
    const blankValue = pairs.get('')
    pairs.delete('')
    if (pairs.size > MAX_LISTED) {
      notes.push(
        toDo(
          `has ${pairs.size} values for ${name}; allowed are ${MAX_LISTED}: join the file by source.sql and source.tables`,
        ),
      )
      continue
    }
    fields.set(field, { values: Object.fromEntries(pairs), ...(blankValue ? { default: blankValue } : {}) })
  }
  return { fields, notes }
}

/**
 * The fields with their values; SFDMU leaves values that it does not list as they are. @param fields field to column, whose name
 * SFDMU lists @param key the column of the field that finds records alone: it has no value for blank cells
 */
export function withValues(
  fields: ReadonlyMap<string, SfdmuMapping>,
  { fields: listed }: SfdmuValues,
  key: string | undefined,
) {
  const notes: Note[] = []
  const used = new Set<string>()
  const mapped = [...fields].map(([field, column]) => {
    if (typeof column !== 'string') return [field, column] as const
    const name = column.toLowerCase()
    const own = listed.get(name)
    if (own === undefined) return [field, column] as const
    used.add(name)
    const isKey = key?.toLowerCase() === name
    if (isKey && own.default !== undefined) {
      notes.push(
        toDo(`has a value for blank cells of ${column}, which finds records; records without a key are rejected`),
      )
    }
    const { values, default: blankValue } = own
    return [field, mappingOf(column, values, isKey ? undefined : blankValue)] as const
  })
  const left = [...listed.keys()].filter(name => !used.has(name))
  if (left.length > 0) notes.push(toDo(`has values for ${left.join(', ')}, which no column with this name fills`))
  return { fields: Object.fromEntries(mapped), notes }
}

function mappingOf(column: string, values: FieldValues['values'], blankValue: string | undefined) {
  const listed = Object.keys(values).length > 0 ? { values, unlisted: 'keep' } : {}
  const keys = { ...listed, ...(blankValue === undefined ? {} : { default: blankValue }) }
  return Object.keys(keys).length === 0 ? column : { column, ...keys }
}

const toDo = (text: string): Note => ({ kind: 'toDo', subject: 'ValueMapping.csv', text })

/** `/^(.*)$/` finds values, `eval(…)` computes one. */
const isRule = (text: string): boolean => /^\/.*\/$|^eval\(/s.test(text)

const listed = (text: string): string => (text === EMPTY ? '' : canonicalText(text))

/** The four columns of each row; a sentence when the file cannot be read. */
async function readRows(
  path: string,
  reading: { readonly delimiter?: string; readonly encoding?: Encoding },
): Promise<readonly string[][] | string> {
  if ((await firstFile([path])) === undefined)
    return 'is not beside export.json, so that no value is replaced; write values under fields'
  try {
    const reader = await readCsv(createReadStream(path), { description: path, ...reading })
    const at = COLUMNS.map(name => reader.header.findIndex(column => column.toLowerCase() === name.toLowerCase()))
    const missing = COLUMNS.filter((_, index) => at[index] === -1)
    if (missing.length > 0) {
      await reader.close()
      return `lacks the columns ${missing.join(', ')}, so that no value is replaced; write values under fields`
    }
    const rows: string[][] = []
    for await (const batch of reader.batches) {
      for (let record = 0; record < batch.records; record++) {
        const values = recordValues(batch, record)
        rows.push(at.map(position => values[position] ?? ''))
      }
    }
    return rows
  } catch (error) {
    if (!(error instanceof LinkError)) throw error
    return error.message
  }
}

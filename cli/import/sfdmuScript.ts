// SFDMU's export.json: its objects, each with the directory of its CSV file.
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { pathText } from '../../config/problems.ts'
import { check } from '../../packages/client/contract/issues.ts'
import { CommandError } from '../commandError.ts'
import type { ImportedFile } from './imported.ts'

const flag = z.boolean().optional()
const texts = z.array(z.string()).optional()

const scriptObject = z.looseObject({
  query: z.string(),
  operation: z.string().optional(),
  externalId: z.string().optional(),
  excluded: flag,
  excludedFields: texts,
  restApiBatchSize: z.number().optional(),
  skipExistingRecords: flag,
  skipRecordsComparison: flag,
  useFieldMapping: flag,
  useValuesMapping: flag,
  useCSVValuesMapping: flag,
  fieldMapping: z
    .array(
      z.looseObject({
        sourceField: z.string().optional(),
        targetField: z.string().optional(),
        targetObject: z.string().optional(),
      }),
    )
    .optional(),
})

const script = z.looseObject({
  orgs: z
    .array(
      z.looseObject({
        name: z.string().optional(),
        orgUserName: z.string().optional(),
        instanceUrl: z.string().optional(),
      }),
    )
    .optional(),
  objects: z.array(scriptObject).optional(),
  objectSets: z.array(z.looseObject({ objects: z.array(scriptObject).optional() })).optional(),
  concurrencyMode: z.string().optional(),
  restApiBatchSize: z.number().optional(),
  csvFileDelimiter: z.string().optional(),
  csvReadFileDelimiter: z.string().optional(),
  csvFileEncoding: z.string().optional(),
  csvInsertNulls: flag,
  csvUseEuropeanDateFormat: flag,
  useSeparatedCSVFiles: flag,
  proxyUrl: z.string().optional(),
})

export type SfdmuScript = z.output<typeof script>

export type SfdmuObject = z.output<typeof scriptObject> & {
  /** `Account`; with a number for the second of this name. */
  readonly origin: string
  /** API name of the object. */
  readonly object: string
  /** Names in the query, between SELECT and FROM. */
  readonly selected: readonly string[]
  /** What the query has after the object; empty when it has nothing. */
  readonly conditions: string
  /** Where its CSV file is. */
  readonly directory: string
}

/** Throws CommandError when the file is not JSON, has no objects, or a query that is not one. */
export function readScript({ path, shown, bytes }: ImportedFile): {
  readonly script: SfdmuScript
  readonly objects: readonly SfdmuObject[]
} {
  const checked = check(script, parsedJson(bytes, shown), (_, value) => JSON.stringify(value)?.slice(0, 60))
  if (!checked.ok) {
    const [problem] = checked.problems
    throw new CommandError(
      `${shown}: ${pathText(problem?.path ?? [])}: ${problem?.message}; correct it as SFDMU needs it`,
    )
  }
  const { objects = [], objectSets = [], useSeparatedCSVFiles = false } = checked.value
  const sets = [...(objects.length === 0 ? [] : [objects]), ...objectSets.map(set => set.objects ?? [])]
  const found: SfdmuObject[] = []
  for (const [index, set] of sets.entries()) {
    const inner = index > 0 && useSeparatedCSVFiles ? join('objectset_source', `object-set-${index + 1}`) : ''
    for (const [position, one] of set.entries()) {
      const query = readQuery(one.query)
      if (query === undefined) {
        throw new CommandError(
          `${shown}: object ${position + 1} of set ${index + 1} has a query that is not SELECT … FROM …: ${JSON.stringify(one.query.slice(0, 60))}; correct it`,
        )
      }
      const same = found.filter(other => other.object === query.object).length
      const origin = same === 0 ? query.object : `${query.object}-${same + 1}`
      found.push({ ...one, ...query, origin, directory: join(dirname(path), inner) })
    }
  }
  if (found.length === 0) throw new CommandError(`${shown} has no objects; give the export.json of SFDMU`)
  return { script: checked.value, objects: found }
}

function parsedJson(bytes: Uint8Array, shown: string): unknown {
  try {
    return JSON.parse(
      Buffer.from(bytes)
        .toString()
        .replace(/^\uFEFF/, ''),
    )
  } catch (error) {
    throw new CommandError(`${shown} is not valid JSON: ${(error as Error).message}; correct it`)
  }
}

function readQuery(query: string) {
  const [match, selected = '', object = '', conditions = ''] =
    /^\s*SELECT\s+(.+?)\s+FROM\s+(\w+)\s*(.*)$/is.exec(query) ?? []
  if (match === undefined) return undefined
  return { object, selected: selected.split(',').map(name => name.trim()), conditions: conditions.trim() }
}

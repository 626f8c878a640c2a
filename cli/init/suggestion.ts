// The suggested sync, with what the org and a person have decided.
import { shownNames } from '../../loader/mapping/columnNames.ts'
import type { ObjectDescribe } from '../../loader/salesforce/describe.ts'
import type { SalesforceConnection } from '../../loader/salesforce/salesforceConnection.ts'
import { type SuggestedSync, type SuggestionChoices, suggestSync } from '../../loader/suggest/suggestSync.ts'
import type { OtherSync } from '../../loader/suggest/syncParents.ts'
import type { Operation } from '../../packages/client/contract/operations.ts'
import { CommandError } from '../commandError.ts'
import { type Answers, askColumns, askDates, askMissing, askTimeZone, findKeys } from './columns.ts'
import { describeAll } from './object.ts'
import type { Prompts } from './prompts.ts'
import type { Sample } from './sample.ts'

export type SuggestionOptions = {
  readonly operation?: Operation
  /** A field that is filled. */
  readonly key?: string
  /** Patterns of dates. */
  readonly dates?: readonly string[]
  /** Of times without an offset. */
  readonly timeZone?: string
  /** Other syncs of the same file. */
  readonly syncs?: readonly OtherSync[]
}

type Surroundings = {
  readonly salesforce: SalesforceConnection
  readonly prompts: Prompts
  readonly signal: AbortSignal
}

/** Columns that a message lists. */
const SHOWN_NAMES = 8

/** Parents that are described, the first ones of the object. */
const MOST_PARENTS = 15

/** Throws CommandError when an option does not fit the columns. */
export async function settledSync(
  sample: Sample,
  object: ObjectDescribe,
  options: SuggestionOptions,
  { salesforce, prompts, signal }: Surroundings,
): Promise<SuggestedSync> {
  const parents = await describeAll(salesforce, parentNames(object), signal)
  const suggest = (choices: SuggestionChoices) =>
    suggestSync(sample.columns, object, parents, { ...options, ...choices })
  const found = await findKeys(suggest({}), salesforce, signal)
  const choices = prompts.isInteractive ? await askAll(suggest, found, options, prompts) : { fields: found }
  const suggested = suggest(choices)
  checkSuggested(suggested, options, sample)
  return suggested
}

type Suggest = (choices: SuggestionChoices) => SuggestedSync

/** Asks what neither the source nor the org shows, each question with the answers before it. */
async function askAll(
  suggest: Suggest,
  found: Answers,
  options: SuggestionOptions,
  prompts: Prompts,
): Promise<SuggestionChoices> {
  const dates = options.dates ?? (await askDates(suggest({ fields: found }), prompts))
  const columns = await askColumns(suggest({ fields: found, dates }), prompts)
  const fields = new Map([...found, ...columns])
  const timeZone = options.timeZone ?? (await askTimeZone(suggest({ fields, dates }), prompts))
  const known = { dates, timeZone, fields }
  const operation = options.operation ?? (await askOperation(suggest, known, prompts))
  const missing = await askMissing(suggest({ ...known, operation }), prompts)
  return { ...known, operation, fields: new Map([...fields, ...missing]) }
}

function parentNames({ fields }: ObjectDescribe): readonly string[] {
  const lookups = fields.filter(
    ({ type, createable, updateable }) => type === 'reference' && (createable || updateable),
  )
  return [...new Set(lookups.flatMap(({ referenceTo }) => referenceTo))].slice(0, MOST_PARENTS)
}

const OPERATIONS = ['upsert', 'update', 'create'] as const

async function askOperation(suggest: Suggest, choices: SuggestionChoices, prompts: Prompts): Promise<Operation> {
  const { key } = suggest(choices)
  const others = OPERATIONS.filter(operation => operation !== key.operation)
  const possible = [key.operation, ...others].map(operation => suggest({ ...choices, operation })).filter(isComplete)
  return prompts.choose({
    message: 'What happens to the records',
    option: '--operation',
    choices: possible.map(one => ({ value: one.key.operation, label: one.key.operation, hint: one.key.reason })),
  })
}

/** Whether an operation that finds records has a field to find them. */
function isComplete({ key, matches }: SuggestedSync): boolean {
  switch (key.operation) {
    case 'create':
      return true
    case 'upsert':
      return key.externalIdField !== undefined
    case 'update':
    case 'delete':
      return key.keyField !== undefined || matches.some(({ match }) => match?.key === 'Id')
  }
}

function checkSuggested(suggested: SuggestedSync, options: SuggestionOptions, { description, header }: Sample): void {
  const { object, matches, key } = suggested
  const filled = matches.flatMap(({ match }) => match?.key ?? [])
  if (filled.length === 0) {
    throw new CommandError(
      `No column of ${description} (header ${shownNames(header.slice(0, SHOWN_NAMES))}) certainly fills a field of ${object.name}; give another with --object, or remove lines above the header. Nothing was written`,
    )
  }
  const listed = filled.join(', ')
  if (options.key !== undefined && !filled.includes(options.key)) {
    throw new CommandError(
      `--key is ${options.key}, which no column certainly fills; give one of ${listed}. Nothing was written`,
    )
  }
  if (isComplete(suggested)) return
  throw new CommandError(
    `No column certainly fills a field by which ${key.operation} finds records; give one of ${listed} with --key, or --operation create. Nothing was written`,
  )
}

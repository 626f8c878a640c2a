// The suggested sync, with what the org and a person have decided.
import type { ObjectDescribe } from '../../loader/salesforce/describe.ts'
import type { SalesforceConnection } from '../../loader/salesforce/salesforceConnection.ts'
import { type SuggestedSync, type SuggestionChoices, suggestSync } from '../../loader/suggest/suggestSync.ts'
import type { Operation } from '../../packages/client/contract/operations.ts'
import { CommandError } from '../commandError.ts'
import { askColumns, askDates, findKeys } from './columns.ts'
import { describeAll } from './object.ts'
import type { Prompts } from './prompts.ts'
import type { Sample } from './sample.ts'

export type SuggestionOptions = {
  readonly operation?: Operation
  /** A field that is filled. */
  readonly key?: string
  /** Patterns of dates. */
  readonly dates?: readonly string[]
}

type Surroundings = {
  readonly salesforce: SalesforceConnection
  readonly prompts: Prompts
  readonly signal: AbortSignal
}

/** Parents that are described, the first ones of the object. */
const MOST_PARENTS = 15

/** Throws CommandError when an option does not fit the columns. */
export async function settledSync(
  { columns, description }: Sample,
  object: ObjectDescribe,
  options: SuggestionOptions,
  { salesforce, prompts, signal }: Surroundings,
): Promise<SuggestedSync> {
  const parents = await describeAll(salesforce, parentNames(object), signal)
  const suggest = (choices: SuggestionChoices) => suggestSync(columns, object, parents, { ...options, ...choices })
  const found = await findKeys(suggest({}), salesforce, signal)
  let choices: SuggestionChoices = { fields: found }
  if (prompts.isInteractive) {
    const answers = await askColumns(suggest(choices), prompts)
    choices = { fields: new Map([...found, ...answers]) }
    const dates = options.dates === undefined ? await askDates(suggest(choices), prompts) : undefined
    choices = { ...choices, ...(dates && { dates }) }
    const operation = options.operation ?? (await askOperation(suggest, choices, prompts))
    choices = { ...choices, operation }
  }
  const suggested = suggest(choices)
  checkSuggested(suggested, options, description)
  return suggested
}

function parentNames({ fields }: ObjectDescribe): readonly string[] {
  const lookups = fields.filter(
    ({ type, createable, updateable }) => type === 'reference' && (createable || updateable),
  )
  return [...new Set(lookups.flatMap(({ referenceTo }) => referenceTo))].slice(0, MOST_PARENTS)
}

const OPERATIONS = ['upsert', 'update', 'create'] as const

async function askOperation(
  suggest: (choices: SuggestionChoices) => SuggestedSync,
  choices: SuggestionChoices,
  prompts: Prompts,
): Promise<Operation> {
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

function checkSuggested(suggested: SuggestedSync, options: SuggestionOptions, description: string): void {
  const { object, matches, key } = suggested
  const filled = matches.flatMap(({ match }) => match?.key ?? [])
  if (filled.length === 0) {
    throw new CommandError(
      `No column of ${description} certainly fills a field of ${object.name}; give another with --object. Nothing was written`,
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

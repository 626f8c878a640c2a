// The object that the records are for.
import type { ObjectDescribe } from '../../loader/salesforce/describe.ts'
import { RequestRejectedError, UnknownObjectError } from '../../loader/salesforce/errors.ts'
import type { SalesforceConnection } from '../../loader/salesforce/salesforceConnection.ts'
import type { ColumnFacts } from '../../loader/suggest/columnFacts.ts'
import { certainObject, objectsToCompare, type RankedObject, rankObjects } from '../../loader/suggest/suggestObject.ts'
import { CommandError } from '../commandError.ts'
import type { Prompts } from './prompts.ts'

export type ChosenObject = {
  readonly object: ObjectDescribe
  /** Why, as a comment. */
  readonly reason: string
}

type Asked = {
  readonly salesforce: SalesforceConnection
  readonly columns: readonly ColumnFacts[]
  /** The name of the file, or the URI. */
  readonly sourceName: string
  readonly prompts: Prompts
  readonly signal: AbortSignal
}

/** Objects that are listed in a question or a message. */
const LISTED = 6

/** Throws CommandError when several objects fit and none was given, or the user may not write records of the object. */
export async function chooseObject(given: string | undefined, asked: Asked): Promise<ChosenObject> {
  const { salesforce, signal } = asked
  if (given !== undefined) return writable(await salesforce.describe(given, signal), 'as given')
  const ranked = await rankedObjects(asked)
  const certain = certainObject(ranked)
  if (certain !== undefined && !asked.prompts.isInteractive) return writable(certain.object, reasonOf(certain, asked))
  const fitting = ranked.filter(({ fitting }) => fitting > 0).slice(0, LISTED)
  const listed = fitting.map(one => `${one.object.name} (${one.fitting} columns)`).join(', ')
  const chosen = await asked.prompts.choose({
    message: asked.prompts.isInteractive
      ? 'Which object are the records for'
      : `The columns fit ${listed === '' ? 'no usual object' : listed}, so the object is not certain`,
    option: '--object',
    choices: [
      ...fitting.map(one => ({
        value: one,
        label: `${one.object.name}  ${one.object.label}`,
        hint: reasonOf(one, asked),
      })),
      { value: undefined, label: 'another object' },
    ],
  })
  if (chosen !== undefined) return writable(chosen.object, reasonOf(chosen, asked))
  const objects = (await salesforce.objects(signal)).map(({ name }) => name)
  const check = (name: string) =>
    objects.some(one => one.toLowerCase() === name.toLowerCase()) ? undefined : 'No object of this name may be written'
  const name = await asked.prompts.text({ message: 'API name of the object', option: '--object', check })
  return writable(await salesforce.describe(name, signal), 'as given')
}

async function rankedObjects({ salesforce, columns, sourceName, signal }: Asked): Promise<readonly RankedObject[]> {
  const names = objectsToCompare(await salesforce.objects(signal), sourceName)
  const described = await describeAll(salesforce, names, signal)
  return rankObjects(columns, [...described.values()], sourceName)
}

function reasonOf({ fitting, missing, isNamed }: RankedObject, { columns }: Asked): string {
  const named = isNamed ? ', and the source is named after it' : ''
  const lacking = missing.length === 0 ? '' : `, but no column fills ${missing.join(', ')}`
  return `${fitting} of ${columns.length} columns fit${named}${lacking}`
}

function writable(object: ObjectDescribe, reason: string): ChosenObject {
  if (object.createable || object.updateable) return { object, reason }
  throw new CommandError(
    `The integration user may neither create nor update records of ${object.name}; give it that permission on the object, or choose another with --object`,
  )
}

/** Objects by name, without those that the integration user may not describe. */
export async function describeAll(
  salesforce: SalesforceConnection,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ObjectDescribe>> {
  const described = await Promise.all(
    names.map(name =>
      salesforce.describe(name, signal).catch((error: unknown) => {
        if (error instanceof RequestRejectedError || error instanceof UnknownObjectError) return undefined
        throw error
      }),
    ),
  )
  return new Map(described.flatMap(object => (object === undefined ? [] : [[object.name, object] as const])))
}

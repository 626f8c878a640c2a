// Columns that may fill several fields: the org and a person decide.
import { RequestRejectedError } from '../../loader/salesforce/errors.ts'
import type { SalesforceConnection } from '../../loader/salesforce/salesforceConnection.ts'
import type { ColumnFacts } from '../../loader/suggest/columnFacts.ts'
import { shown } from '../../loader/suggest/fieldFit.ts'
import type { ColumnMatch, Proposal } from '../../loader/suggest/matchColumns.ts'
import type { FieldChoice, SuggestedSync } from '../../loader/suggest/suggestSync.ts'
import { isTranslatable } from '../../loader/suggest/translation.ts'
import { isTimeZone } from '../../packages/client/contract/scalars.ts'
import type { Choice, Prompts } from './prompts.ts'

/** What columns fill, by column. */
export type Answers = ReadonlyMap<string, FieldChoice>

/** Values of a column that are searched for in the org. */
const SEARCHED = 100

/** Share of the values that the org has to have if the column is the key of these records. */
const FOUND = 0.8

/** A field that a column may fill, because the org has its values. */
type Hit = { readonly column: string; readonly sets: string; readonly choice: FieldChoice }

/** Columns with keys of parents: those whose values the org has. Two columns for one field, and two fields of one column, are left to a person. */
export async function findKeys(
  { matches }: SuggestedSync,
  salesforce: SalesforceConnection,
  signal: AbortSignal,
): Promise<Answers> {
  const taken = takenBy(matches)
  const hits: Hit[] = []
  for (const { facts, proposals } of matches) {
    const column = facts.name
    const values = [...facts.distinct].slice(0, SEARCHED)
    for (const { key, sets, finds, parent } of proposals) {
      const isKnown = taken.has(sets) || hits.some(hit => hit.column === column && hit.sets === sets)
      if (finds === undefined || isKnown) continue
      const { found, repeated } = await countFound(salesforce, finds, values, signal)
      if (found < values.length * FOUND || found === 0) continue
      const several = repeated === 0 ? '' : `, and ${repeated} more several times, which are rejected`
      const reason = `the org has ${found} of the first ${values.length} values${several}`
      hits.push({ column, sets, choice: { key, parent, reason } })
    }
  }
  const isOnly = (hit: Hit) => !hits.some(other => other !== hit && isRival(hit, other))
  return new Map(hits.filter(isOnly).map(({ column, choice }) => [column, choice]))
}

const isRival = (one: Hit, other: Hit): boolean => one.column === other.column || one.sets === other.sets

/** How many values the org has once, and how many several times. */
async function countFound(
  salesforce: SalesforceConnection,
  { objects, field }: NonNullable<Proposal['finds']>,
  values: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly found: number; readonly repeated: number }> {
  const times = new Map<string, number>()
  const take = (record: Readonly<Record<string, unknown>>) => {
    const value = String(record[field.name]).toLowerCase()
    times.set(value, (times.get(value) ?? 0) + 1)
  }
  for (const object of objects) {
    await salesforce
      .queryByKeys({ object, key: field, fields: [field.name], values, signal, take })
      .catch((error: unknown) => {
        // The integration user may not search this object.
        if (!(error instanceof RequestRejectedError)) throw error
      })
  }
  const found = [...times.values()].filter(count => count === 1).length
  return { found, repeated: times.size - found }
}

/** Asks for each column that may fill a field. */
export async function askColumns({ matches }: SuggestedSync, prompts: Prompts): Promise<Answers> {
  const answers = new Map<string, FieldChoice>()
  const taken = takenBy(matches)
  for (const { facts, proposals } of matches) {
    const left = proposals.filter(({ sets }) => !taken.has(sets))
    if (left.length === 0) continue
    const answer = await askColumn(facts, left, prompts)
    answers.set(facts.name, answer)
    for (const { key, sets } of left) if (key === answer.key) taken.add(sets)
  }
  return answers
}

/** The fields that columns set already: a second column cannot set them. */
const takenBy = (matches: readonly ColumnMatch[]): Set<string> =>
  new Set(matches.flatMap(({ match }) => match?.sets ?? []))

/** Values that a question shows. */
const SHOWN_VALUES = 3

function askColumn(facts: ColumnFacts, proposals: readonly Proposal[], prompts: Prompts): Promise<FieldChoice> {
  const values = [...facts.distinct].slice(0, SHOWN_VALUES).map(value => shown(value))
  return prompts.choose({
    message: `Column ${shown(facts.name)} (${values.length === 0 ? 'no value' : values.join(', ')}) fills`,
    option: '--yes',
    choices: [{ value: { reason: 'left out' }, label: 'no field' }, ...proposals.flatMap(choicesOf)],
  })
}

function choicesOf(proposal: Proposal): readonly Choice<FieldChoice>[] {
  const { key, reason, note, values, parent } = proposal
  const asIs = {
    value: { key, parent, reason: 'as chosen' },
    label: parent === undefined ? key : `${key} by ${parent.by}`,
    hint: note === undefined ? reason : `${reason}; ${note}`,
  }
  if (!isTranslatable(proposal)) return [asIs]
  const pairs = [...(values?.pairs ?? [])].map(([from, to]) => `${from} -> ${to}`).join(', ')
  const translated = { value: { key, reason: 'as chosen', translated: true }, label: `${key}, translated`, hint: pairs }
  return [translated, asIs]
}

/** Asks which column fills each required field that none fills. */
export async function askMissing({ matches, missing }: SuggestedSync, prompts: Prompts): Promise<Answers> {
  const answers = new Map<string, FieldChoice>()
  for (const key of missing) {
    const left = matches.filter(
      ({ facts, match }) => match === undefined && facts.name !== '' && !answers.has(facts.name),
    )
    const column = await prompts.choose({
      message: `${key} is required, and no column fills it; it is`,
      option: '--yes',
      choices: [
        { value: undefined, label: 'no column', hint: `write ${key}: { value: … } into the file` },
        ...left.map(({ facts }) => ({ value: facts.name, label: shown(facts.name) })),
      ],
    })
    if (column !== undefined) answers.set(column, { key, reason: 'as chosen' })
  }
  return answers
}

/** Asks in which order day and month are written; undefined when the values decide. */
export async function askDates({ undecided }: SuggestedSync, prompts: Prompts): Promise<readonly string[] | undefined> {
  const [first] = undecided
  if (first === undefined) return undefined
  const pattern = await prompts.choose({
    message: `The dates of column ${shown(first.column)} have two readings; they are written as`,
    option: '--dates',
    choices: first.patterns.map(value => ({ value, label: value })),
  })
  return [pattern]
}

/** Asks for the zone of times without an offset; undefined when no time lacks one. */
export async function askTimeZone({ zoneless }: SuggestedSync, prompts: Prompts): Promise<string | undefined> {
  if (zoneless === undefined) return undefined
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  const zone = await prompts.choose({
    message: `The times of column ${shown(zoneless)} have no offset; they are of the zone`,
    option: '--time-zone',
    choices: [...new Set([own, 'UTC'])].map(value => ({ value, label: value })).concat({ value: '', label: 'another' }),
  })
  if (zone !== '') return zone
  const check = (name: string) => (isTimeZone(name) ? undefined : 'Write it like Europe/Berlin')
  return prompts.text({ message: 'Time zone, like Europe/Berlin', option: '--time-zone', check })
}

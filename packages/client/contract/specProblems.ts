import { z } from 'zod'
import { nearestName } from './nearestName.ts'

/** One thing wrong with an input: where it is, and a message that says what is allowed and what was given. */
export type SpecProblem = {
  readonly path: readonly (string | number)[]
  /** Set when a key of the object at `path` is wrong, not its value; the message names the key. */
  readonly key?: string
  readonly message: string
}

/** Shows the value at a path as messages give it; undefined when it must not be shown. */
export type ShowGiven = (path: SpecProblem['path'], value: unknown) => string | undefined

type Issue = z.core.$ZodIssue

/** `params` of a custom issue whose message does not show the value itself: the value is added to the message. */
export const ADD_GIVEN = { addGiven: true } as const

/**
 * Zod's issues as lines that a person can act on, in the order of the input. Works on the codes and facts of the issues;
 * a message that a schema declares itself is taken as it is.
 */
export function specProblems(issues: readonly Issue[], input: unknown, show: ShowGiven = asJson): SpecProblem[] {
  const problems = issues.flatMap(issue => problemsOf(issue, [], { input, show }))
  return problems.filter(problem => !isMisspelled(problem, problems, input))
}

type Context = { readonly input: unknown; readonly show: ShowGiven }

function problemsOf(issue: Issue, above: SpecProblem['path'], context: Context): SpecProblem[] {
  const path = [...above, ...(issue.path as (string | number)[])]
  if (issue.code === 'invalid_union') {
    const branch = likelyBranch(issue.errors)
    if (branch) return branch.flatMap(inner => problemsOf(inner, path, context))
  }
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys
    return [{ path, key, message: issue.message }]
  }
  if (issue.code === 'invalid_key') {
    const key = String(path.at(-1))
    const reasons = issue.issues.map(inner => expectation(inner, key))
    return [{ path: path.slice(0, -1), key, message: `key ${JSON.stringify(key)}: ${reasons.join('; ')}` }]
  }
  return [{ path, message: messageOf(issue, path, context) }]
}

/** Returns the variant that was meant: the one with the right type and the fewest issues; undefined when all types are wrong. */
function likelyBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const rightType = branches.filter(issues => !issues.some(({ path, code }) => path.length === 0 && isTypeIssue(code)))
  return rightType.toSorted((a, b) => a.length - b.length)[0]
}

function isTypeIssue(code: Issue['code']): boolean {
  return code === 'invalid_type' || code === 'invalid_value'
}

function messageOf(issue: Issue, path: SpecProblem['path'], { input, show }: Context): string {
  const given = valueAt(input, path)
  if (issue.code === 'custom' && issue.params?.['addGiven'] !== true) return issue.message
  if (given === undefined) return missing(issue)
  const shown = isEmpty(given) && ownMessage(issue, given) !== undefined ? undefined : show(path, given)
  return shown === undefined ? expectation(issue, given) : `${expectation(issue, given)}; given ${shown}`
}

function isEmpty(given: unknown): boolean {
  return given === null || given === '' || (Array.isArray(given) && given.length === 0)
}

function missing(issue: Issue): string {
  if (issue.code === 'invalid_union') return `is missing: ${expectation(issue, undefined)}`
  return ownMessage(issue, undefined) ?? 'is missing'
}

function expectation(issue: Issue, given: unknown): string {
  const own = ownMessage(issue, given)
  if (own !== undefined) return own
  switch (issue.code) {
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}`
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? issue.expected}`
    case 'too_small':
      return `expected at least ${issue.minimum}${issue.origin === 'string' ? ' character' : ''}`
    case 'too_big':
      return `expected at most ${issue.maximum}${issue.origin === 'string' ? ' character' : ''}`
    case 'invalid_union':
      return 'options' in issue && issue.options
        ? `expected one of ${issue.options.map(String).join(', ')}`
        : issue.message
    default:
      return issue.message
  }
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

/** The message that the schema declares; undefined when it is zod's own for the same facts. */
function ownMessage(issue: Issue, given: unknown): string | undefined {
  const general = z.config().localeError?.({ ...issue, input: given } as z.core.$ZodRawIssue)
  return issue.message === (typeof general === 'string' ? general : general?.message) ? undefined : issue.message
}

/** Whether the value is missing because its key is misspelled: the problem of that key says so already. */
function isMisspelled({ path, key }: SpecProblem, problems: readonly SpecProblem[], input: unknown): boolean {
  const name = path.at(-1)
  if (key !== undefined || typeof name !== 'string' || valueAt(input, path) !== undefined) return false
  const above = JSON.stringify(path.slice(0, -1))
  return problems.some(
    other => other.key !== undefined && JSON.stringify(other.path) === above && nearestName(other.key, [name]) === name,
  )
}

/** Longest value that a message shows, in characters. */
const MAX_SHOWN = 80

/** A value as JSON, cut to MAX_SHOWN characters. */
function asJson(_: SpecProblem['path'], given: unknown): string {
  const text = JSON.stringify(given) ?? String(given)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}

/** The value at a path; undefined when it does not exist. */
export function valueAt(input: unknown, path: SpecProblem['path']): unknown {
  let value: unknown = input
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}

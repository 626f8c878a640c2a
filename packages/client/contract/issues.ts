import { z } from 'zod'
import { didYouMean } from './nearestName.ts'

/** One thing wrong with a value: where, and a message with what is allowed and what was given. */
export type Problem = {
  readonly path: readonly (string | number)[]
  readonly message: string
  /** Present when a key of the object at `path` is the problem, not its value. */
  readonly key?: string
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export type CheckOptions = {
  /** The value at a path as messages repeat it; undefined keeps it out of the message. @default JSON, cut to 80 characters */
  readonly shown?: (value: unknown, path: Problem['path']) => string | undefined
}

type Issue = z.core.$ZodIssue

/** Validates a value and applies every default. All problems are named at once, in the order of the schema. */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  { shown = shownValue }: CheckOptions = {},
): Checked<z.output<Schema>> {
  const parsed = schema.safeParse(input, { error: standardMessage })
  if (parsed.success) return { ok: true, value: parsed.data }
  return { ok: false, problems: parsed.error.issues.flatMap(issue => problemsOf(issue, [], { input, shown })) }
}

/**
 * What is wrong with the input of a workflow or an update, in one line; undefined when nothing is.
 * @param what such as `The input of syncRecords`
 * @param example a valid input
 */
export function inputProblem(schema: z.ZodType, input: unknown, what: string, example: object): string | undefined {
  if (!isObject(input))
    return `${what} must be one object such as ${JSON.stringify(example)}; given ${shownValue(input)}`
  const checked = check(schema, input)
  return checked.ok ? undefined : `${what}: ${checked.problems.map(problemLine).join('; ')}`
}

/** `source.uri: is missing; expected text` */
export function problemLine({ path, message }: Problem): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`
}

/**
 * An object that rejects unknown keys. The message of its issue is the list of allowed keys as JSON, from which `check` makes a
 * problem for each unknown key.
 */
export function strictShape<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const allowed = JSON.stringify(Object.keys(shape))
  return z.strictObject(shape, { error: issue => (issue.code === 'unrecognized_keys' ? allowed : undefined) })
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const SHOWN_CHARACTERS = 80

/** The value as JSON, cut to 80 characters. */
export function shownValue(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text
}

type Context = { readonly input: unknown; readonly shown: NonNullable<CheckOptions['shown']> }

function problemsOf(issue: Issue, above: Problem['path'], context: Context): Problem[] {
  const path = [...above, ...(issue.path as (string | number)[])]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(key => unknownKey(key, JSON.parse(issue.message) as string[], path))
    case 'invalid_key':
      return [{ path: path.slice(0, -1), key: String(path.at(-1)), message: keyMessage(issue, path) }]
    case 'custom':
      return [{ path, message: issue.message }]
    case 'invalid_union': {
      const branch = likelyBranch(issue.errors)
      if (branch !== undefined) return branch.flatMap(inner => problemsOf(inner, path, context))
      return [{ path, message: valueMessage(issue, path, context) }]
    }
    default:
      return [{ path, message: valueMessage(issue, path, context) }]
  }
}

function unknownKey(key: string, allowed: readonly string[], path: Problem['path']): Problem {
  return { path, key, message: `unknown key "${key}"; allowed: ${allowed.join(', ')}${didYouMean(key, allowed)}` }
}

function keyMessage({ issues, message }: z.core.$ZodIssueInvalidKey, path: Problem['path']): string {
  return `${shownValue(path.at(-1))}: ${issues[0]?.message ?? message}`
}

function valueMessage({ message }: Issue, path: Problem['path'], { input, shown }: Context): string {
  const value = valueAt(input, path)
  if (value === undefined || value === null) return `is missing; ${message}`
  const given = shown(value, path)
  return given === undefined ? message : `${message}; given ${given}`
}

/** The variant that was meant: the one of the right type with the fewest issues; none when all types are wrong. */
function likelyBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const rightType = branches.filter(issues => !issues.some(({ path, code }) => path.length === 0 && isTypeIssue(code)))
  return rightType.toSorted((a, b) => a.length - b.length)[0]
}

function isTypeIssue(code: Issue['code']): boolean {
  return code === 'invalid_type' || code === 'invalid_value'
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' }

/** The message of an issue whose schema states none of its own. */
function standardMessage(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return `expected at least ${issue.minimum}${UNITS[issue.origin] ?? ''}`
    case 'too_big':
      return `expected at most ${issue.maximum}${UNITS[issue.origin] ?? ''}`
    case 'invalid_union':
      return Array.isArray(issue['options'])
        ? `expected one of ${issue['options'].join(', ')}`
        : 'expected another value'
    default:
      return 'expected another value'
  }
}

function valueAt(input: unknown, path: Problem['path']): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Readonly<Record<string | number, unknown>>)[step]
        : undefined,
    input,
  )
}

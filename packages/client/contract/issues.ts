import { z } from 'zod'
import { didYouMean, nearestName, SUGGESTION } from './nearestName.ts'

/** One thing wrong with an input: where it is, and a message that says what is allowed and what was given. */
export type Problem = {
  readonly path: readonly (string | number)[]
  /** Set when a key of the object at `path` is wrong, not its value; the message names the key. */
  readonly key?: string
  readonly message: string
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Shows the value at a path as messages give it; undefined when it must not be shown. */
export type ShowGiven = (path: Problem['path'], value: unknown) => string | undefined

type Issue = z.core.$ZodIssue

/** `params` of a custom issue whose message does not show the value itself: the value is added to the message. */
export const ADD_GIVEN = { addGiven: true } as const

/**
 * Validates an input and applies every default. All problems are reported at once, in the order of the input, as messages that a
 * person can act on. They follow from the codes and facts of zod's issues; a message that a schema declares itself stays as it is.
 */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  show: ShowGiven = (_, value) => shownValue(value),
): Checked<z.output<Schema>> {
  const unreadable = nestingProblem(input)
  if (unreadable !== undefined) return { ok: false, problems: [{ path: [], message: unreadable }] }
  const parsed = schema.safeParse(input, { error: NO_MESSAGE })
  if (parsed.success) return { ok: true, value: parsed.data }
  const problems = parsed.error.issues.slice(0, MAX_PROBLEMS).flatMap(issue => problemsOf(issue, [], { input, show }))
  return { ok: false, problems: withoutConsequences(problems, input) }
}

/** Problems reported at once; an input may have hundreds of thousands. */
const MAX_PROBLEMS = 100

/** Levels of lists and objects. Inputs have six; JSON.stringify fails on thousands. */
const MAX_DEPTH = 32
const TOO_DEEP = `is nested more than ${MAX_DEPTH} levels deep`

/** Lists and objects of an input: 1 MB of inline records has at most 125,000, and each takes far more memory than its two characters. */
const MAX_CONTAINERS = 200_000
const TOO_MANY = `has more than ${MAX_CONTAINERS} lists and objects`

/** Walks level by level, because recursion would fail on the very inputs that this finds. */
function nestingProblem(input: unknown): string | undefined {
  let level = [input].filter(isContainer)
  let containers = 0
  for (let depth = 1; level.length > 0; depth += 1) {
    containers += level.length
    if (depth > MAX_DEPTH) return TOO_DEEP
    if (containers > MAX_CONTAINERS) return TOO_MANY
    level = level.flatMap(value => Object.values(value).filter(isContainer))
  }
  return undefined
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Takes the place of zod's own messages: an issue with a message has one that its schema declares. */
const NO_MESSAGE = () => ''

/**
 * What is wrong with the input of a workflow or an update, in one line; undefined when nothing is.
 * @param what such as `The input of syncRecords`
 * @param example a valid input
 */
export function inputProblem(schema: z.ZodType, input: unknown, what: string, example: object): string | undefined {
  const unreadable = nestingProblem(input)
  if (unreadable !== undefined) return `${what} ${unreadable}; it must be one object such as ${JSON.stringify(example)}`
  if (!isObject(input))
    return `${what} must be one object such as ${JSON.stringify(example)}; given ${shownValue(input)}`
  const checked = check(schema, input)
  return checked.ok ? undefined : `${what}: ${checked.problems.map(problemLine).join('; ')}`
}

/** `source.uri: is missing` */
export function problemLine({ path, message }: Problem): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`
}

/**
 * An object that rejects unknown keys, with a message that lists the allowed ones.
 * @param example shown when the value is not an object, such as `{ url: https://… }`
 */
export function strictShape<Shape extends z.core.$ZodLooseShape>(shape: Shape, example?: string) {
  const allowed = Object.keys(shape)
  return z.strictObject(shape, {
    error: issue => {
      if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, allowed, issue.input)
      return example === undefined ? undefined : `expected a mapping such as ${example}`
    },
  })
}

/** Unknown keys that a message names. */
const MAX_KEYS_SHOWN = 12

function unknownKeys(keys: readonly string[], allowed: readonly string[], input: unknown): string {
  const shown = keys.slice(0, MAX_KEYS_SHOWN)
  const more = keys.length > shown.length ? ` and ${keys.length - shown.length} more` : ''
  const names = `${shown.map(key => shownKey(key, allowed, input)).join(', ')}${more}`
  const meant = shown.map(key => didYouMean(key, allowed)).join('')
  return `unknown key${keys.length === 1 ? '' : 's'} ${names}; allowed: ${allowed.join(', ')}${meant}`
}

/** In YAML, a text in the place of a key has no value, and may be a secret: `{ clientSecret:x }`. */
function shownKey(key: string, allowed: readonly string[], input: unknown): string {
  if (!isObject(input) || input[key] !== null || allowed.length === 0) return shownValue(key)
  const [word = ''] = key.split(/[\s:=]/, 1)
  if (nearestName(word, allowed) === undefined) return '(one without a value)'
  return word === key ? JSON.stringify(key) : `"${word}…" (write a space after the colon)`
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Longest value that a message shows, in characters. */
const MAX_SHOWN = 80

/** A value as JSON, cut to MAX_SHOWN characters. */
function shownValue(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}

type Context = { readonly input: unknown; readonly show: ShowGiven }

function problemsOf(issue: Issue, above: Problem['path'], context: Context): Problem[] {
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
    const reasons = issue.issues.map(inner => expectation(inner))
    return [{ path: path.slice(0, -1), key, message: `key ${shownValue(key)}: ${reasons.join('; ')}` }]
  }
  return [{ path, message: messageOf(issue, path, context) }]
}

/**
 * Returns the variant that was meant: of the right type, with the fewest issues, and of equal ones that with the misspelled key;
 * undefined when none of them is likelier than the others.
 */
function likelyBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const rightType = branches.filter(issues => !issues.some(({ path, code }) => path.length === 0 && isTypeIssue(code)))
  const fewest = Math.min(...rightType.map(issues => issues.length))
  const likely = rightType.filter(issues => issues.length === fewest)
  return likely.length < 2 ? likely[0] : likely.find(issues => issues.some(isMisspelledKey))
}

const isMisspelledKey = ({ code, message }: Issue): boolean =>
  code === 'unrecognized_keys' && message.includes(SUGGESTION)

const isTypeIssue = (code: Issue['code']): boolean => code === 'invalid_type' || code === 'invalid_value'

function messageOf(issue: Issue, path: Problem['path'], { input, show }: Context): string {
  const given = valueAt(input, path)
  if (issue.code === 'custom' && issue.params?.['addGiven'] !== true) return issue.message
  if (given === undefined) return missing(issue)
  const words = expectation(issue)
  const isBlank = given === null && words.startsWith('expected ')
  const shown = isBlank || (isEmpty(given) && ownMessage(issue) !== undefined) ? undefined : show(path, given)
  const expected = `${isBlank ? 'is empty: ' : ''}${words}${shown === undefined ? '' : `; given ${shown}`}`
  return `${expected}${advice(issue, given)}`
}

/** What to change, where the given value is nearly right. */
function advice(issue: Issue, given: unknown): string {
  if (issue.code === 'invalid_value' && typeof given === 'string') return didYouMean(given, issue.values.map(String))
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)) {
    const named = isObject(given) && issue.discriminator !== undefined ? given[issue.discriminator] : given
    return typeof named === 'string' ? didYouMean(named, issue.options.map(String)) : ''
  }
  if (issue.code !== 'invalid_type') return ''
  if (issue.expected === 'string' && isScalar(given) && ownMessage(issue) === undefined) return '; put it in quotes'
  const isNumber = ['number', 'int'].includes(issue.expected) && typeof given === 'string' && /^\d+$/.test(given)
  const isBoolean = issue.expected === 'boolean' && (given === 'true' || given === 'false')
  return isNumber || isBoolean ? '; leave out the quotes' : ''
}

const isScalar = (value: unknown): boolean => typeof value === 'number' || typeof value === 'boolean'

const isEmpty = (given: unknown): boolean =>
  given === null || given === '' || (Array.isArray(given) && given.length === 0)

function missing(issue: Issue): string {
  const own = ownMessage(issue)
  if (issue.code === 'invalid_union' || own?.startsWith('expected ')) return `is missing: ${expectation(issue)}`
  return own ?? 'is missing'
}

function expectation(issue: Issue): string {
  const own = ownMessage(issue)
  if (own !== undefined) return own
  switch (issue.code) {
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}`
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? issue.expected}`
    case 'too_small':
      return `expected at least ${issue.minimum}${unitOf(issue.origin, issue.minimum)}`
    case 'too_big':
      return `expected at most ${issue.maximum}${unitOf(issue.origin, issue.maximum)}`
    case 'invalid_union':
      return 'options' in issue && issue.options
        ? `expected one of ${issue.options.map(String).join(', ')}`
        : issue.message
    default:
      return issue.message
  }
}

const UNITS: Readonly<Record<string, string>> = { string: 'character', array: 'item' }

function unitOf(origin: string, limit: number | bigint): string {
  const unit = UNITS[origin]
  if (unit === undefined) return ''
  return Number(limit) === 1 ? ` ${unit}` : ` ${unit}s`
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

/** The message that the schema declares; undefined when it declares none. */
const ownMessage = ({ message }: Issue): string | undefined => (message === '' ? undefined : message)

/**
 * Leaves out keys that are missing beside unknown ones, which were probably written in their place. The problem of the unknown
 * keys names those that are not merely misspelled.
 */
function withoutConsequences(problems: readonly Problem[], input: unknown): readonly Problem[] {
  const kept = problems.filter(problem => unknownBeside(problem, problems, input) === undefined)
  return kept.map(problem => {
    if (problem.key === undefined) return problem
    const lacking = problems.filter(other => unknownBeside(other, problems, input) === problem)
    const names = lacking
      .map(({ path }) => String(path.at(-1)))
      .filter(name => nearestName(problem.key ?? '', [name]) !== name)
    return names.length === 0 ? problem : { ...problem, message: `${problem.message}; missing: ${names.join(', ')}` }
  })
}

/** For a key that is missing, the problem of the unknown keys of the same object. */
function unknownBeside({ path, key }: Problem, problems: readonly Problem[], input: unknown): Problem | undefined {
  if (key !== undefined || typeof path.at(-1) !== 'string' || valueAt(input, path) !== undefined) return undefined
  const above = JSON.stringify(path.slice(0, -1))
  return problems.find(other => other.key !== undefined && JSON.stringify(other.path) === above)
}

/** The value at a path; undefined when it does not exist. */
function valueAt(input: unknown, path: Problem['path']): unknown {
  let value: unknown = input
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}

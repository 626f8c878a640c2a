// Puts what the schema found wrong into words: what was given, what is allowed, what to do.
import type { z } from 'zod'
import { didYouMean } from '../packages/client/contract/nearestName.ts'
import type { ConfigDocument } from './document.ts'
import type { ConfigPath, ConfigProblem } from './problems.ts'

/** Longest given value that an error repeats. */
const SHOWN_LENGTH = 60

export function problemsOfIssues(issues: readonly z.core.$ZodIssue[], document: ConfigDocument): ConfigProblem[] {
  return issues.flatMap(issue => {
    const path = issue.path as ConfigPath
    if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, issue.message, path, document)
    if (issue.code === 'invalid_key') return [problem(document, path, issue.issues[0]?.message ?? issue.message, true)]
    return [problem(document, path, describe(issue, document))]
  })
}

/** A problem at a place of the document; at the key itself when the key is what is wrong. */
export function problem(document: ConfigDocument, path: ConfigPath, message: string, atKey = false): ConfigProblem {
  const position = atKey ? document.keyPosition(path) : document.position(path)
  return { ...(position === undefined ? {} : { position }), path, message }
}

/** @param allowed the mapping's keys, joined by commas */
function unknownKeys(keys: readonly string[], allowed: string, path: ConfigPath, document: ConfigDocument) {
  return keys.map(key => {
    const meant = didYouMean(key, allowed.split(', '))
    return problem(document, [...path, key], `unknown key; allowed: ${allowed}${meant}`, true)
  })
}

function describe(issue: z.core.$ZodIssue, document: ConfigDocument): string {
  const given = shown(document, issue.path as ConfigPath)
  if (issue.code === 'invalid_union' && 'options' in issue) {
    const allowed = `use one of ${(issue.options ?? []).join(', ')}`
    return given === undefined ? `is missing; ${allowed}` : `${given} is not allowed; ${allowed}`
  }
  if (issue.code === 'invalid_type' && !isOurs(issue.message)) {
    if (given === undefined) return `is missing; give ${EXPECTED[issue.expected] ?? issue.expected}`
    return `must be ${EXPECTED[issue.expected] ?? issue.expected}, not ${given}`
  }
  const continues = /^(is|must|has) /.test(issue.message) && !issue.message.startsWith('is missing')
  return given !== undefined && continues ? `${given} ${issue.message}` : issue.message
}

/** The schema's own messages begin with a verb; zod's with "Invalid". */
function isOurs(message: string): boolean {
  return !message.startsWith('Invalid')
}

const EXPECTED: Readonly<Record<string, string>> = {
  object: 'a mapping (keys with values)',
  record: 'a mapping (names with values)',
  array: 'a list',
  string: 'text (put it in quotes)',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

/** The given value as errors show it; undefined when there is none. A secret, or what came from a variable, is not shown. */
function shown(document: ConfigDocument, path: ConfigPath): string | undefined {
  const value = valueAt(document.value, path)
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (!document.isLiteral(path) || mayBeSecret(path, value)) return 'the given value'
  const text = String(value)
  return `'${text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text}'`
}

const SECRET_NOTIFICATION_KEYS: readonly string[] = ['url', 'secret', 'smtp']

/** Credentials, also in the wrong place: all that stands under `auth`, and addresses with a user in them. */
function mayBeSecret(path: ConfigPath, value: unknown): boolean {
  if (path[0] === 'connections' && path[2] === 'auth') return path.at(-1) !== 'flow'
  if (path[0] === 'notifications' && SECRET_NOTIFICATION_KEYS.includes(String(path.at(-1)))) return true
  return /\/\/[^/]*@/.test(String(value))
}

function valueAt(value: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[step] : undefined,
    value,
  )
}

import type { z } from 'zod'

/** One thing wrong with a sync spec: where, and in words that say what is allowed and what was given. */
export type SpecProblem = { readonly path: readonly (string | number)[]; readonly message: string }

type Issue = z.core.$ZodIssue

/** Zod's issues as lines a person can act on, in the order of the spec. */
export function specProblems(issues: readonly Issue[], input: unknown): SpecProblem[] {
  return issues.flatMap(issue => problemsOf(issue, [], input))
}

function problemsOf(issue: Issue, above: SpecProblem['path'], input: unknown): SpecProblem[] {
  const path = [...above, ...(issue.path as (string | number)[])]
  if (issue.code === 'invalid_union') {
    const branch = likelyBranch(issue.errors)
    if (branch) return branch.flatMap(inner => problemsOf(inner, path, input))
  }
  return [{ path, message: messageOf(issue, valueAt(input, path)) }]
}

/** The variant that was meant: the one with the right type and the fewest things wrong; none when all types are wrong. */
function likelyBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const rightType = branches.filter(issues => !issues.some(({ path, code }) => path.length === 0 && isTypeIssue(code)))
  return rightType.toSorted((a, b) => a.length - b.length)[0]
}

function isTypeIssue(code: Issue['code']): boolean {
  return code === 'invalid_type' || code === 'invalid_value'
}

function messageOf(issue: Issue, given: unknown): string {
  if (issue.code === 'unrecognized_keys' || issue.code === 'custom') return issue.message
  if (given === undefined) return issue.code === 'invalid_union' ? `is missing: ${issue.message}` : 'is missing'
  return `${expectation(issue)}; given ${shown(given)}`
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}`
    case 'invalid_type':
      return `expected ${issue.expected === 'record' ? 'an object' : issue.expected}`
    case 'too_small':
      return `expected at least ${issue.minimum}${issue.origin === 'string' ? ' character' : ''}`
    case 'too_big':
      return `expected at most ${issue.maximum}${issue.origin === 'string' ? ' character' : ''}`
    default:
      return issue.message
  }
}

function shown(given: unknown): string {
  const text = JSON.stringify(given) ?? String(given)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

function valueAt(input: unknown, path: SpecProblem['path']): unknown {
  let value: unknown = input
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}

import { compileComparison, type Predicate } from './comparison.ts'
import type { Comparison, ConditionTree } from './conditionTree.ts'
import type { QueryContext } from './fieldPath.ts'
import type { Operand } from './operand.ts'

/** Callbacks of the compiler: for the left side of a comparison, and for a comparison with a sub-query. */
export type PredicateParts<Subject> = {
  readonly operand: (comparison: Comparison) => Operand<Subject>
  readonly semiJoin: (comparison: Comparison, operand: Operand<Subject>) => Predicate<Subject>
}

/** Compiles a condition, once, into a test. Throws the ApiError of the first invalid comparison. */
export function compilePredicate<Subject>(
  context: QueryContext,
  tree: ConditionTree,
  parts: PredicateParts<Subject>,
): Predicate<Subject> {
  if (tree.kind === 'comparison') {
    const operand = parts.operand(tree.comparison)
    if ('valueQuery' in tree.comparison) return parts.semiJoin(tree.comparison, operand)
    return compileComparison(context, operand, tree.comparison)
  }
  if (tree.kind === 'not') {
    const inner = compilePredicate(context, tree.part, parts)
    return subject => !inner(subject)
  }
  const tests = tree.parts.map(part => compilePredicate(context, part, parts))
  if (tree.kind === 'and') return subject => tests.every(test => test(subject))
  return subject => tests.some(test => test(subject))
}

import type { Condition, ConditionWithValueQuery, HavingClause, WhereClause } from '@jetstreamapp/soql-parser-js'
import { malformed } from './soqlErrors.ts'

/** A single comparison of the parser's tree. */
export type Comparison = Exclude<ConditionWithValueQuery, { readonly openParen: number; readonly closeParen?: never }>

export type ConditionTree =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly ConditionTree[] }
  | { readonly kind: 'not'; readonly part: ConditionTree }
  | { readonly kind: 'comparison'; readonly comparison: Comparison }

type Token = '(' | ')' | 'AND' | 'OR' | 'NOT' | Comparison

function isComparison(condition: Condition | ConditionWithValueQuery): condition is Comparison {
  return 'operator' in condition
}

/** The parser returns a flat chain with counts of parentheses: this converts it to tokens in the order of the query. */
function tokensOf(clause: WhereClause | HavingClause): readonly Token[] {
  const tokens: Token[] = []
  let rest: WhereClause | HavingClause | undefined = clause
  while (rest !== undefined) {
    const { left } = rest
    for (let count = left?.openParen ?? 0; count > 0; count--) tokens.push('(')
    if (left !== null && isComparison(left)) {
      tokens.push(left)
      for (let count = left.closeParen ?? 0; count > 0; count--) tokens.push(')')
    }
    if ('operator' in rest) tokens.push(rest.operator)
    rest = 'right' in rest ? rest.right : undefined
  }
  return tokens
}

class TokenReader {
  readonly #tokens: readonly Token[]
  #next = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  whole(): ConditionTree {
    const tree = this.#expression()
    // The parser library loses one of three consecutive NOTs; its parentheses then do not match.
    if (this.#next < this.#tokens.length)
      throw malformed('The emulator cannot read three NOTs that open one after another.')
    return tree
  }

  #expression(): ConditionTree {
    const parts = [this.#operand()]
    const operator = this.#tokens[this.#next]
    if (operator !== 'AND' && operator !== 'OR') return parts[0] as ConditionTree
    for (let token: Token | undefined = operator; token === 'AND' || token === 'OR'; token = this.#tokens[this.#next]) {
      // SOQL has no precedence between AND and OR: mixed without parentheses they are rejected.
      if (token !== operator) throw malformed(`unexpected token: '${token}'`)
      this.#next += 1
      parts.push(this.#operand())
    }
    return { kind: operator === 'AND' ? 'and' : 'or', parts }
  }

  #operand(): ConditionTree {
    const token = this.#tokens[this.#next++]
    if (token === 'NOT') return { kind: 'not', part: this.#operand() }
    if (token === '(') {
      const inner = this.#expression()
      if (this.#tokens[this.#next++] !== ')') throw malformed("unexpected token: '<EOF>'")
      return inner
    }
    if (token === undefined || typeof token === 'string') throw malformed(`unexpected token: '${token ?? '<EOF>'}'`)
    return { kind: 'comparison', comparison: token }
  }
}

/** The WHERE or HAVING clause as a tree. Throws MALFORMED_QUERY when AND and OR are mixed without parentheses. */
export function conditionTree(clause: WhereClause | HavingClause): ConditionTree {
  return new TokenReader(tokensOf(clause)).whole()
}

// The series that a PromQL expression selects, and those that a scrape has.

import type { SyntaxNode, SyntaxNodeRef } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'

export type Series = {
  readonly metric: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** The samples of a scrape in Prometheus' text format. */
export function samplesOf(scrape: string): readonly Series[] {
  return scrape.split('\n').flatMap(line => {
    const [, metric = '', labels = '', value] = /^([a-z_]\w*)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? []
    return value === undefined ? [] : [{ metric, labels: pairsOf(labels), value: Number(value) }]
  })
}

function pairsOf(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]))
}

export type Selector = {
  readonly metric: string
  /** Labels that it selects or groups by. */
  readonly labels: readonly string[]
  /** Labels that must equal a value. */
  readonly equal: Readonly<Record<string, string>>
}

/** Values for Grafana's variables, which are not PromQL. */
const VARIABLES: readonly (readonly [RegExp, string])[] = [
  [/\$__(rate_interval|range)/g, '5m'],
  [/\$\w+/g, '.*'],
]

/** The series that an expression selects, by Prometheus' own grammar. Throws SyntaxError when it is not PromQL. */
export function selectorsOf(written: string): readonly Selector[] {
  const expression = VARIABLES.reduce((text, [variable, value]) => text.replace(variable, value), written)
  const selectors: Selector[] = []
  const textOf = ({ from, to }: SyntaxNodeRef) => expression.slice(from, to)
  parser.parse(expression).iterate({
    enter: node => {
      if (node.type.isError) throw new SyntaxError(`no PromQL at ${node.from}: ${expression}`)
      if (node.name !== 'VectorSelector') return
      const matchers = node.node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []
      const matched = matchers.map(matcher => {
        const [name, operator, value] = [matcher.getChild('LabelName'), matcher.getChild('MatchOp'), matcher.lastChild]
        if (name === null || operator === null || value === null)
          throw new SyntaxError(`no matcher: ${textOf(matcher)}`)
        return { name: textOf(name), operator: textOf(operator), value: textOf(value).slice(1, -1) }
      })
      const metric = node.node.getChild('Identifier')
      selectors.push({
        metric: metric === null ? '' : textOf(metric),
        labels: [...new Set([...matched.map(({ name }) => name), ...groupingOf(node.node).map(textOf)])],
        equal: Object.fromEntries(
          matched.filter(({ operator }) => operator === '=').map(({ name, value }) => [name, value]),
        ),
      })
    },
  })
  return selectors
}

/** Labels that the aggregations around a node group by. */
function groupingOf(node: SyntaxNode): readonly SyntaxNode[] {
  const { parent } = node
  if (parent === null) return []
  const labels = parent.getChild('AggregateModifier')?.getChild('GroupingLabels')?.getChildren('LabelName') ?? []
  return [...labels, ...groupingOf(parent)]
}

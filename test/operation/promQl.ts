// As much of PromQL as it takes to see which series an expression asks for.

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

export type Selector = { readonly metric: string; readonly labels: readonly string[] }

/** What an expression selects: each metric with the labels it is selected or grouped by. */
export function selectorsOf(expression: string): readonly Selector[] {
  const metrics = [...expression.matchAll(/\b((?:sflink|temporal)_\w+)(?:\{([^}]*)\})?/g)]
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(/,\s*/))
  return metrics.map(([, metric = '', labels = '']) => {
    const selected = [...labels.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, name = '']) => name)
    return { metric, labels: [...new Set([...selected, ...grouped])] }
  })
}

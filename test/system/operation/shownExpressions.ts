import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const docs = (file: string) => readFile(fileURLToPath(new URL(`../../../docs/${file}`, import.meta.url)), 'utf8')

type Dashboard = {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[]
}

type Rules = {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[]
}

/** The expressions of the dashboard and the alert rules, with their location. */
export async function shownExpressions(): Promise<readonly (readonly [string, string])[]> {
  const dashboard = JSON.parse(await docs('grafana/salesforce-link.json')) as Dashboard
  const rules = parse(await docs('prometheus/salesforce-link.rules.yml')) as Rules
  const panels = dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const))
  return [...panels, ...rules.groups.flatMap(group => group.rules.map(({ alert, expr }) => [alert, expr] as const))]
}

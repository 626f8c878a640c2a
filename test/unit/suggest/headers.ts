// Exports of marketing tools and lists of spreadsheets, made up, with the field that each column has to fill.

/** The name of a column, the key under `fields:` (blank for none), and its first values. */
type HeaderColumn = readonly [name: string, key: string, values: readonly string[]]

export type Header = {
  readonly title: string
  readonly object: 'Contact' | 'Lead' | 'Account'
  /** Labels of the org, where it is not in English. */
  readonly labels?: Readonly<Record<string, string>>
  readonly columns: readonly HeaderColumn[]
}

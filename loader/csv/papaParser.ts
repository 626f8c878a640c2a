// The one private import of papaparse. Its incremental parser is not in its types: it reports how much of a string was used, which the public
// Papa.parse does not. test/unit/csv/papaParser.test.ts fails when an upgrade changes it.
import Papa from 'papaparse'

export type PapaResult = {
  readonly data: string[][]
  readonly errors: readonly Papa.ParseError[]
  readonly meta: { readonly cursor: number }
}

type PapaParserClass = new (config: {
  readonly delimiter: string
  readonly newline: string
  readonly step?: (result: PapaResult) => void
}) => { parse(input: string, baseIndex: number, ignoreLastRow: boolean): PapaResult }

export const PapaParser = Papa.Parser as unknown as PapaParserClass

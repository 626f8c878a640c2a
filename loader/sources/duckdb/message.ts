/** What a message of DuckDB says, in one line. */
export type ReadMessage = { readonly message: string; readonly advice: string }

/** Kinds of errors, as the beginnings of messages, with what to do. */
const ADVICE: readonly { readonly begins: RegExp; readonly advice: string }[] = [
  {
    begins: /^Permission Error: Cannot access/,
    advice: 'Name a further file under tables: {countries: "file:data/countries.csv"}, and read it by that name.',
  },
  {
    begins: /^(?:Conversion|Out of Range) Error/,
    advice: 'Correct the value in the source, or write TRY_CAST, which gives a blank value instead.',
  },
  {
    begins: /^Out of Memory Error/,
    advice:
      'Read fewer rows or columns at once: filter before a join, and leave out ORDER BY and DISTINCT where they are not needed.',
  },
]

const CORRECT = 'Correct the SELECT.'
const EXPORT = 'Get the complete file again, or export it again.'

/** The statement with the place, which DuckDB appends in lines of its own. */
const PLACE = /\n+LINE (\d+): ([^\n]*)\n( *)\^.*$/s

type About = { readonly sql: boolean; readonly mayHaveValues: boolean }

/**
 * Makes one line of it. Values of records are left out when it may have some.
 * @param sql whether it is about a statement that a person wrote, and not about a file
 * @param mayHaveValues whether rows were read
 */
export function readMessage(text: string, { sql, mayHaveValues }: About): ReadMessage {
  const advice = ADVICE.find(({ begins }) => begins.test(text))?.advice ?? (sql ? CORRECT : EXPORT)
  const place = PLACE.exec(text)
  const words = (place === null ? text : text.slice(0, place.index))
    .replace(/\n+Possible solutions:.*$/s, '')
    .replace(/^[A-Za-z ]+ Error: /, '')
    .replace(/ - file system operations are disabled by configuration/, ', which is not a file of the source')
    .trim()
    .replace(/\.$/, '')
  const bare = mayHaveValues ? withoutValues(words) : words
  return { message: `${bare.replaceAll(/\s+/g, ' ')}${place === null || !sql ? '' : placeOf(place)}`, advice }
}

/** DuckDB cuts long lines, and then only the words around the place are known. */
function placeOf([, line = '', shown = '', indent = '']: readonly string[]): string {
  const column = indent.length - `LINE ${line}: `.length
  if (!shown.startsWith('...')) return ` (line ${line}, column ${column + 1})`
  return ` (line ${line}, near ${JSON.stringify(shown.slice(column, column + 20).trim())})`
}

/** Names of columns are in double quotes. */
const withoutValues = (words: string): string =>
  words.replaceAll(/'[^']*'/g, "'…'").replaceAll(/\bvalue (?:"[^"]*"|[^\s"]+)/g, 'a value')

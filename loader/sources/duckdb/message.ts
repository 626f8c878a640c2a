/** What a message of DuckDB says, in one line. */
export type ReadMessage = { readonly message: string; readonly advice: string }

/** Kinds of errors, by their messages, with what to do. */
const ADVICE: readonly { readonly found: RegExp; readonly advice: string }[] = [
  {
    found: /^Permission Error: Cannot access/,
    advice: 'Name a further file under tables: {countries: "file:data/countries.csv"}, and read it by that name.',
  },
  {
    found: /^(?:Conversion|Out of Range) Error/,
    advice: 'Correct the value in the source, or write TRY_CAST, which gives a blank value instead.',
  },
  {
    found: /^Out of Memory Error/,
    advice:
      'Read fewer rows or columns at once: filter before a join, and leave out ORDER BY and DISTINCT where they are not needed.',
  },
  {
    found: /so that SQL would change its values$/,
    advice: 'Export all files of the pattern with the same types, or leave sql out: then each is read with its own.',
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
 * @param mayHaveValues whether rows were read: by a statement around that of the person, whose places mean nothing
 */
export function readMessage(text: string, { sql, mayHaveValues }: About): ReadMessage {
  const advice = ADVICE.find(({ found }) => found.test(text))?.advice ?? (sql ? CORRECT : EXPORT)
  const place = PLACE.exec(text)
  const words = (place === null ? text : text.slice(0, place.index))
    .replace(/\n+Possible solutions:.*$/s, '')
    .replace(/^[A-Za-z ]+ Error: /, '')
    .replace(/ - file system operations are disabled by configuration/, ', which is not a file of the source')
    .trim()
    .replace(/\.$/, '')
  const bare = mayHaveValues && !WITHOUT_VALUES.test(text) ? withoutValues(words) : words
  return {
    message: `${bare.replaceAll(/\s+/g, ' ')}${place === null || !sql || mayHaveValues ? '' : placeOf(place)}`,
    advice,
  }
}

/** DuckDB cuts long lines, and then only the words around the place are known. */
function placeOf([, line = '', shown = '', indent = '']: readonly string[]): string {
  const column = indent.length - `LINE ${line}: `.length
  if (!shown.startsWith('...')) return ` (line ${line}, column ${column + 1})`
  return ` (line ${line}, near ${JSON.stringify(shown.slice(column, column + 20).trim())})`
}

/** Kinds of errors that quote no value. */
const WITHOUT_VALUES = /^(?:Out of Memory|IO|Permission|Binder|Catalog|Parser) Error/

const CASTING = ' when casting from source column '

/**
 * What precedes the value, the type, and the column. A value may itself have quotes, and a message may repeat it without any, so nothing
 * between them is kept.
 */
function withoutValues(words: string): string {
  const casting = words.lastIndexOf(CASTING)
  const column = casting < 0 ? '' : words.slice(casting)
  const text = casting < 0 ? words : words.slice(0, casting)
  const quote = text.search(/['"]/)
  const [type = ''] = (quote < 0 ? undefined : / to [A-Z][A-Z0-9_]*(?:\([\d,]+\))?$/.exec(text)) ?? []
  const before = (quote < 0 ? text : text.slice(0, quote))
    .replace(/: .*$/s, '')
    .replaceAll(/\bvalue (?!to\b|of\b|out\b)[^\s"]+/g, 'a value')
    .replaceAll(/(?<![\w.-])-?\d[\d.]*/g, '…')
  return `${before.trimEnd()}${quote < 0 ? '' : " '…'"}${type}${column}`
}

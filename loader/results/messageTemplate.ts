// What a rejection says, without what the record holds: for places that keep words longer, or show them wider, than result files.

/** Stands where a value stood. */
const VALUE = '…'

/** Codes of ours whose words are known, and quote the record. */
const OUR_WORDS: Readonly<Record<string, string>> = {
  KEY_NOT_FOUND: 'Key field: no record has this key',
  KEY_AMBIGUOUS: 'Key field: several records have this key',
  KEY_REPEATED: 'the key is in an earlier row already',
  INVALID_OPERATION: 'the operation is none that this sync can do',
}

/** Words of Salesforce, and ours like them, that the value follows; what comes after it can't be told from the value. */
const BEFORE_VALUE = [
  'data value too large',
  'invalid email address',
  'bad value for restricted picklist field',
  'id value of incorrect type',
  'value outside of valid range on numeric field',
  'value not of required type',
  'duplicates value on record with id',
  'invalid cross reference id',
  'Foreign key external ID',
]
const FOLLOWED_BY_VALUE = new RegExp(`(${BEFORE_VALUE.join('|')}): .*?( \\(max length=\\d+\\))?$`, 's')
const NOT_IN_FORM = /^([^:]*): .* is not (an? [^;]*; expected .*)$/s

/** Addresses, quoted texts, Ids and long numbers, wherever they stand. */
const VALUES = /[^\s@<>]+@[^\s@<>]+|"[^"]*"|'[^']*'|\b[A-Za-z0-9]{18}\b|\b(?=\w*\d)[A-Za-z0-9]{15}\b|\d{4,}/g

/** Characters of a template. */
const LONGEST = 200

/**
 * The message of a rejected record with … in place of the record's values, as far as Salesforce's and our own words tell them
 * apart. Words that an org's own rules put together are kept but for addresses, quotes, Ids and long numbers.
 */
export function messageTemplate(errorCode: string, message: string): string {
  const ours = OUR_WORDS[errorCode]
  if (ours !== undefined) return ours
  const line = message.replaceAll(/\s+/g, ' ').trim()
  const template = line
    .replace(FOLLOWED_BY_VALUE, `$1: ${VALUE}$2`)
    .replace(NOT_IN_FORM, `$1: ${VALUE} is not $2`)
    .replaceAll(VALUES, VALUE)
  return template.length > LONGEST ? `${template.slice(0, LONGEST)}…` : template
}

/** A failure's first line, without the record that the preflight gives as an example: for logs and for messages to others. */
export function failureLine(message: string): string {
  const [line = ''] = message.split('\n')
  return line.replace(/ The first is row .*?(?= All of them are in |$)/, '')
}

// Messages of rejected records without the record's values: for logs, notifications and Temporal's history.

const VALUE = '…'

/** Messages for our own codes, whose full messages quote the record. */
const OUR_MESSAGES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    KEY_NOT_FOUND: 'Key field: no record has this key',
    KEY_AMBIGUOUS: 'Key field: several records have this key',
    KEY_NOT_SEARCHABLE: 'Key field: the org cannot be searched for this key; use a text field for such keys',
    PLAN_STALE: 'the org has changed since the plan, so the record was not sent',
    PARENT_REJECTED: 'the parent was rejected or is in doubt',
    KEY_REPEATED: 'the key is in an earlier row already',
    INVALID_OPERATION: 'the sync cannot do this operation',
    FILE_NOT_FOUND: 'the file does not exist; check the path, or put the file there',
    FILE_NOT_ALLOWED:
      'the file is outside of the data directories; put it into one of them, or add its directory to dataDirectories',
    FILE_NOT_READABLE: 'the file is not a plain file that the user of the worker may read',
    FILE_EMPTY: 'the file is empty',
    FILE_TOO_LARGE: 'the file is larger than Salesforce accepts',
    FILE_CHANGED:
      'the file was changed after its record was checked; load the record again when the file is written completely',
    UNDO_CONFLICT: 'the org no longer holds what the run wrote; the record was left as it is',
  }),
)

/** Phrases that a value follows; the end of the value is unknown. */
const BEFORE_VALUE = [
  "the file can't be sent",
  'data value too large',
  'invalid email address',
  'bad value for restricted picklist field',
  'id value of incorrect type',
  'value outside of valid range on numeric field',
  'value not of required type',
  'value not listed',
  'duplicates value on record with id',
  'invalid cross reference id',
  'Foreign key external ID',
  'no record type has the name',
  'several record types have the name',
  'the record type is not active',
  '(?:not a state|the name of several states) of [^:]{1,80}',
]
const FOLLOWED_BY_VALUE = new RegExp(`(${BEFORE_VALUE.join('|')}): .*?( \\(max length=\\d+\\))?$`, 's')

/**
 * Addresses, quoted texts, Ids and long numbers, anywhere in the message. An address begins where the text before it ends; a quote that is
 * cut off reaches to the end, and one after a backslash belongs to the text.
 */
const VALUES =
  /(?<![^\s@<>])[^\s@<>]+@[^\s@<>]+|"(?:[^"\\]|\\.)*\\?(?:"|$)|'[^']*'|\b[A-Za-z0-9]{18}\b|\b(?=\w*\d)[A-Za-z0-9]{15}\b|(?<!max length=\d*)\d{4,}/g

/** Codes whose messages have the values of the record as texts of JSON, in which a quote follows a backslash. */
const QUOTING: ReadonlySet<string> = new Set(['PARENT_NOT_FOUND', 'PARENT_AMBIGUOUS'])
const JSON_TEXTS = /"(?:[^"\\]|\\.)*"/g

/** Characters of a template. */
const LONGEST = 200

/** Characters of a message that are searched for values; the time of some searches grows with the square of a run of digits. */
const SEARCHED = 10_000

/**
 * Returns the message of a rejected record with … in place of the record's values, where known phrases mark them. From messages
 * that the org's own rules produce, it removes addresses, quoted texts, Ids and long numbers.
 */
export function messageTemplate(errorCode: string, message: string): string {
  const ours = OUR_MESSAGES.get(errorCode)
  if (ours !== undefined) return ours
  const whole = QUOTING.has(errorCode) ? message.replaceAll(JSON_TEXTS, VALUE) : message
  const line = whole.slice(0, SEARCHED).replaceAll(/\s+/g, ' ').trim()
  const template = withoutGivenValue(line.replace(FOLLOWED_BY_VALUE, `$1: ${VALUE}$2`)).replaceAll(VALUES, VALUE)
  return template.length > LONGEST ? `${template.slice(0, LONGEST)}…` : template
}

/** Ends the message of one problem of ours: `(column born)`, `missing: [LastName]; `. A row may have several. */
const END_OF_PROBLEM = / \(column |\]; /

/** `Birthdate: soon is not a date; expected yyyy-MM-dd` without the value. */
function withoutGivenValue(line: string): string {
  const label = line.indexOf(': ')
  const what = line.lastIndexOf(' is not a', line.lastIndexOf('; expected '))
  if (label === -1 || what < label) return line
  const isLast = !END_OF_PROBLEM.test(line.slice(label, what))
  return `${line.slice(0, label)}: ${VALUE}${isLast ? line.slice(what) : ', and other problems of the row'}`
}

/** The first line of a failure without its example record: for logs and notifications. */
export function failureLine(message: string): string {
  const [line = ''] = message.split('\n')
  return line.replace(/ The first is row .*?(?= All of them are in |$)/, '')
}

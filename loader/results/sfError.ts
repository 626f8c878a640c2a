/** One reason why Salesforce rejected a record: its status code and its message. */
export type SalesforceReason = { readonly code: string; readonly message: string }

const CODE = /^([A-Za-z][A-Za-z0-9_]*):([\s\S]*)$/
// Several errors of one record follow one another, each with its own end mark.
const NEXT_ERROR = /--\s*(?=[A-Z][A-Z0-9]*_[A-Z0-9_]+:)/
const FIELDS_AND_END = /:[\w.,: ]*--\s*$/

/** The code when Salesforce gave none. */
const NO_CODE = 'UNKNOWN'

/**
 * Reads `sf__Error` of an ingest job, `CODE:message:field1,field2 --`, into the same code and message that a collection
 * request gives for the same failure. Messages may hold colons and dashes.
 */
export function parseSfError(text: string): SalesforceReason {
  return joinErrors(
    text.split(NEXT_ERROR).map((part, index, parts) => parseOne(index < parts.length - 1 ? `${part}--` : part)),
  )
}

/** The first code, and all messages in one line. */
export function joinErrors(reasons: readonly SalesforceReason[]): SalesforceReason {
  const [first] = reasons
  if (!first) return { code: NO_CODE, message: 'Salesforce rejected the record and gave no reason' }
  return { code: first.code, message: reasons.map(({ message }) => message).join('; ') }
}

function parseOne(text: string): SalesforceReason {
  const match = CODE.exec(text.trim())
  if (!match) return { code: NO_CODE, message: text.trim() || 'Salesforce rejected the record and gave no reason' }
  const [, code = NO_CODE, rest = ''] = match
  return { code, message: withoutFields(rest) }
}

function withoutFields(rest: string): string {
  const end = FIELDS_AND_END.exec(rest)
  if (!end) return rest
  // The fields follow the last colon.
  return rest.slice(0, rest.lastIndexOf(':'))
}

/**
 * Words of a governor limit: what one transaction of the org may use. A managed package puts its namespace before them: `dlrs:Too many DML rows: 10001`.
 * https://developer.salesforce.com/docs/atlas.en-us.apexcode.meta/apexcode/apex_gov_limits.htm
 */
const LIMIT_WORDS =
  /System\.LimitException|Apex CPU time limit exceeded|Apex heap size too large|Too many (?:SOQL queries|SOSL queries|DML statements|DML rows|query rows|query locator rows|future calls|callouts): \d+/

/** Words and codes of other limits that depend on the records of one request: retries after errors of its records, and its duration. */
const REQUEST_WORDS = ['Too many batch retries in the presence of Apex triggers', 'chunks in a single operation']
const REQUEST_CODES: ReadonlySet<string> = new Set(['REQUEST_RUNNING_TOO_LONG', 'QUERY_TIMEOUT'])

/**
 * Whether a transaction ended because it used too much. Salesforce takes back all that it wrote:
 * https://help.salesforce.com/s/articleView?id=000389177&type=1
 */
export const endedTransaction = (message: string): boolean => LIMIT_WORDS.test(message)

/** Whether Salesforce rejected records because of what it takes to write them together: fewer at a time may be accepted. */
export const isGovernorLimit = (errorCode: string, message: string): boolean =>
  endedTransaction(message) || REQUEST_CODES.has(errorCode) || REQUEST_WORDS.some(words => message.includes(words))

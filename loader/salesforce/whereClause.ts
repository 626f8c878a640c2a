// The conditions of a WHERE clause that a person or a service wrote, read with a grammar of their own: a clause that is read whole can be put in
// parentheses into a query of ours, and cannot end them, add a part of a query, or read another object.
// https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_conditionexpression.htm

export type WhereClause = {
  readonly ok: true
  /** The fields that it compares, such as `Account.Region__c`; in their order, each once, as they are written. */
  readonly fields: readonly string[]
}

export type WrongWhereClause = { readonly ok: false; readonly problem: string }

/** Characters of a WHERE clause that Salesforce accepts. */
const MAX_WHERE = 4_000

/** Reads the conditions after the word WHERE. Whether the fields exist, only the org knows. */
export function readWhereClause(text: string): WhereClause | WrongWhereClause {
  try {
    return { ok: true, fields: new WhereReader(text).read() }
  } catch (error) {
    if (error instanceof WrongClause) return { ok: false, problem: error.message }
    throw error
  }
}

class WrongClause extends Error {}

type Kind = 'text' | 'literal' | 'word' | 'operator' | 'mark'
type Token = { readonly kind: Kind; readonly text: string; readonly at: number }

/** A text in quotes with the escapes of SOQL; a backslash before another character is not defined. */
const TEXT = /'(?:[^'\\\p{Cc}]|\\(?:[nrtbfNRTBF"'\\_%]|u[\dA-Fa-f]{4}))*'/uy

/** In this order: a date begins with a number. */
const TOKENS: readonly (readonly [Kind, RegExp])[] = [
  ['text', TEXT],
  ['literal', /\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d))?(?![\w.:-])/iy],
  ['literal', /\d\d:\d\d:\d\d(?:\.\d{1,9})?Z(?![\w.:-])/iy],
  ['literal', /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?(?![\w.:-])/iy],
  // An amount of a currency, and a date literal such as LAST_N_DAYS:30.
  ['literal', /[A-Za-z]{3}\d+\.\d+(?![\w.:-])/y],
  ['literal', /[A-Za-z][\w]*:\d+(?![\w.:-])/y],
  ['word', /[A-Za-z]\w*(?:\.[A-Za-z]\w*)*(?![\w.:])/y],
  ['operator', /!=|<>|<=|>=|[=<>]/y],
  ['mark', /[(),]/y],
]

/** Of ASCII only, which are those that SOQL skips. */
const BLANKS = /[ \t\r\n]*/y

const WORD_OPERATORS = ['LIKE', 'IN', 'INCLUDES', 'EXCLUDES']

/** Operators that compare with a list. */
const OF_LISTS = ['IN', 'INCLUDES', 'EXCLUDES']

/** What may be computed of a field in a condition. */
const FUNCTIONS: ReadonlySet<string> = new Set([
  ...['CALENDAR_MONTH', 'CALENDAR_QUARTER', 'CALENDAR_YEAR', 'DAY_IN_MONTH', 'DAY_IN_WEEK', 'DAY_IN_YEAR', 'DAY_ONLY'],
  ...['FISCAL_MONTH', 'FISCAL_QUARTER', 'FISCAL_YEAR', 'HOUR_IN_DAY', 'WEEK_IN_MONTH', 'WEEK_IN_YEAR'],
  ...['CONVERTTIMEZONE', 'TOLABEL', 'DISTANCE', 'GEOLOCATION'],
])

/** Words that begin or end a part of a query, or join conditions: none is a field or a value. */
const RESERVED: ReadonlySet<string> = new Set([
  ...[
    'SELECT',
    'FROM',
    'WHERE',
    'WITH',
    'GROUP',
    'HAVING',
    'ORDER',
    'LIMIT',
    'OFFSET',
    'FOR',
    'ALL',
    'USING',
    'UPDATE',
  ],
  ...['TYPEOF', 'AND', 'OR', 'NOT', ...WORD_OPERATORS],
])

const SUB_SELECT = 'has a sub-select; list the values, or use a field of the object'

/** Parentheses within each other; Salesforce accepts less. */
const MAX_DEPTH = 100

class WhereReader {
  readonly #tokens: readonly Token[]
  readonly #text: string
  readonly #fields = new Set<string>()
  #next = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
    this.#tokens = tokensOf(text)
  }

  read(): readonly string[] {
    if (this.#tokens.length === 0) throw new WrongClause("is blank; write conditions, such as Region__c = 'EMEA'")
    if (this.#isWord('WHERE')) throw new WrongClause('begins with WHERE; write only the conditions after it')
    this.#conditions()
    const left = this.#tokens[this.#next]
    if (left !== undefined) throw this.#unexpected(left)
    return [...this.#fields]
  }

  #conditions(): void {
    this.#condition()
    while (this.#takeWord('AND') || this.#takeWord('OR')) this.#condition()
  }

  #condition(): void {
    while (this.#takeWord('NOT'));
    if (!this.#takeMark('(')) {
      this.#comparison()
      return
    }
    this.#deeper()
    this.#conditions()
    this.#closing()
    this.#depth -= 1
  }

  #deeper(): void {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) throw new WrongClause(`has more than ${MAX_DEPTH} parentheses within each other`)
  }

  #comparison(): void {
    this.#operand()
    const operator = this.#operator()
    if (OF_LISTS.includes(operator)) this.#list()
    else this.#value()
  }

  /** A field, or a function of one. */
  #operand(): void {
    const { text } = this.#take('word', 'a field')
    const isFunction = this.#isMark('(')
    if (isFunction ? !FUNCTIONS.has(text.toUpperCase()) : RESERVED.has(text.toUpperCase()))
      throw this.#unexpectedBefore()
    if (!isFunction) {
      this.#fields.add(text)
      return
    }
    this.#next += 1
    this.#deeper()
    do this.#argument()
    while (this.#takeMark(','))
    this.#closing()
    this.#depth -= 1
  }

  #argument(): void {
    const kind = this.#tokens[this.#next]?.kind
    if (kind === 'text' || kind === 'literal') this.#next += 1
    else this.#operand()
  }

  #operator(): string {
    const token = this.#tokens[this.#next]
    if (token?.kind === 'operator') {
      this.#next += 1
      return token.text
    }
    const isNegated = this.#takeWord('NOT')
    const operator = (isNegated ? ['IN'] : WORD_OPERATORS).find(word => this.#takeWord(word))
    if (operator === undefined) throw this.#missing('an operator')
    return operator
  }

  #list(): void {
    if (!this.#takeMark('(')) throw this.#missing('a list of values in parentheses')
    if (this.#isWord('SELECT')) throw new WrongClause(SUB_SELECT)
    do this.#value()
    while (this.#takeMark(','))
    this.#closing()
  }

  #value(): void {
    const token = this.#tokens[this.#next]
    const isValue = token?.kind === 'text' || token?.kind === 'literal'
    // TRUE, null, TODAY, USD500: of a word that is none of them, the org knows.
    const isName = token?.kind === 'word' && !token.text.includes('.') && !RESERVED.has(token.text.toUpperCase())
    if (!isValue && !isName) throw this.#missing('a value')
    this.#next += 1
  }

  #closing(): void {
    if (!this.#takeMark(')')) throw this.#missing('a closing parenthesis')
  }

  #take(kind: Kind, expected: string): Token {
    const token = this.#tokens[this.#next]
    if (token?.kind !== kind) throw this.#missing(expected)
    this.#next += 1
    return token
  }

  #isWord(word: string): boolean {
    const token = this.#tokens[this.#next]
    return token?.kind === 'word' && token.text.toUpperCase() === word
  }

  #takeWord(word: string): boolean {
    const isNext = this.#isWord(word)
    if (isNext) this.#next += 1
    return isNext
  }

  #isMark(mark: string): boolean {
    const token = this.#tokens[this.#next]
    return token?.kind === 'mark' && token.text === mark
  }

  #takeMark(mark: string): boolean {
    const isNext = this.#isMark(mark)
    if (isNext) this.#next += 1
    return isNext
  }

  #missing(expected: string): WrongClause {
    const token = this.#tokens[this.#next]
    return token === undefined ? new WrongClause(`ends before ${expected}`) : this.#unexpected(token)
  }

  #unexpectedBefore(): WrongClause {
    return this.#unexpected(this.#tokens[this.#next - 1] as Token)
  }

  #unexpected({ at }: Token): WrongClause {
    while (this.#takeMark('('));
    if (this.#isWord('SELECT')) return new WrongClause(SUB_SELECT)
    return new WrongClause(`has ${shown(this.#text, at)} where it must end or continue; only conditions are allowed`)
  }
}

function tokensOf(text: string): readonly Token[] {
  if (text.length > MAX_WHERE) throw new WrongClause(`has more than ${MAX_WHERE} characters, which Salesforce rejects`)
  const tokens: Token[] = []
  let at = after(BLANKS, text, 0)
  while (at < text.length) {
    const token = tokenAt(text, at)
    tokens.push(token)
    at = after(BLANKS, text, at + token.text.length)
  }
  return tokens
}

function tokenAt(text: string, at: number): Token {
  for (const [kind, form] of TOKENS) {
    const end = after(form, text, at)
    if (end > at) return { kind, text: text.slice(at, end), at }
  }
  if (text[at] === "'")
    throw new WrongClause(`has a text without an end, or with an unknown escape, at ${shown(text, at)}`)
  throw new WrongClause(`has ${shown(text, at)}, which is not part of a condition`)
}

/** Where the form ends that begins at a place; the place itself when it does not. */
function after(form: RegExp, text: string, at: number): number {
  form.lastIndex = at
  return form.test(text) ? form.lastIndex : at
}

/** Characters of the clause in a message. */
const SHOWN = 20

const shown = (text: string, at: number): string =>
  `${JSON.stringify(text.slice(at, at + SHOWN).toWellFormed())} at character ${at + 1}`

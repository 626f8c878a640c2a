// The forms in which the name of a column is compared with the names of fields.

/** Letters that are written in two ways where they are not available: `Müller`, `Mueller`, `Muller`. */
const TWO_LETTERS: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa', ø: 'oe' }
/** Letters that have no mark to remove. */
const ONE_LETTER: Readonly<Record<string, string>> = { ß: 'ss', ł: 'l', đ: 'd', ø: 'o', æ: 'ae', œ: 'oe', ı: 'i' }

/** Words of databases and exports, written out. */
const SHORT_WORDS: Readonly<Record<string, string>> = {
  nm: 'name',
  addr: 'address',
  adr: 'address',
  nbr: 'number',
  num: 'number',
  nr: 'number',
  no: 'number',
  cd: 'code',
  dt: 'date',
  cntry: 'country',
  ctry: 'country',
  fname: 'firstname',
  lname: 'lastname',
  mob: 'mobile',
  tel: 'phone',
  telephone: 'phone',
  ph: 'phone',
  bus: 'business',
  cust: 'customer',
  acct: 'account',
  mail: 'email',
  prov: 'province',
  addresse: 'address',
}

/** What people add in parentheses or by a star: units, forms, whether a value is needed. */
const REMARK =
  /\((?:eur|usd|gbp|chf|pln|sek|€|\$|£|%|required|optional|pflichtfeld|obligatoire|obligatorio|wymagane|[dmyjatr]{1,4}[./-][dmyjatr]{1,4}[./-][dmyjatr]{1,4})\)|\*/giu

/** The words of a name in small letters, without marks: `E-Mail-Adresse` is e, mail, adresse. */
export function wordsOf(name: string): readonly string[] {
  return plain(fold(split(name), ONE_LETTER))
}

function split(name: string): string {
  return name
    .normalize('NFC')
    .replaceAll(REMARK, ' ')
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
}

const fold = (text: string, letters: Readonly<Record<string, string>>): string =>
  text.replaceAll(/[^\p{ASCII}]/gu, letter => letters[letter] ?? letter)

const plain = (text: string): readonly string[] =>
  text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    // An apostrophe within a word separates an article: l'adresse.
    .split(/[^\p{L}\p{N}]+/u)
    .filter(word => word !== '')

/** The forms of a name in which two spellings of it are equal: `first_name`, `First Name` and `FIRST-NM` are `firstname`. */
export function formsOf(name: string): ReadonlySet<string> {
  const text = split(name)
  const forms = [plain(fold(text, ONE_LETTER)), plain(fold(fold(text, TWO_LETTERS), ONE_LETTER))]
  return new Set([...forms, ...forms.map(writtenOut)].map(words => words.join('')).filter(form => form !== ''))
}

const writtenOut = (words: readonly string[]): readonly string[] => words.map(word => SHORT_WORDS[word] ?? word)

/** Whether two names have a form in common. */
export const isSameName = (a: string, b: string): boolean => shareOne(formsOf(a), formsOf(b))

export const shareOne = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => [...a].some(one => b.has(one))

/** An API name without its namespace and ending: `acme__Ext_Id__c` is `Ext_Id`. */
export function bareApiName(name: string): string {
  return name.replace(/__(?:c|pc|r)$/i, '').replace(/^[A-Za-z0-9]+__/, '')
}

/** The forms of names that are separated by `|`. */
export const formsOfAll = (names: string): ReadonlySet<string> =>
  new Set(names.split('|').flatMap(name => [...formsOf(name)]))

/** Whether a name has one of the forms. */
export const isOneOf = (name: string, forms: ReadonlySet<string>): boolean => shareOne(formsOf(name), forms)

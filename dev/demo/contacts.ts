// The demo's source: contacts as a campaign leaves them, the same in every run.
import { type Contact, MISTAKES } from './mistakes.ts'

export const RECORDS = 5_000
/** Every so many rows one updates a contact that the emulated org begins with; the others create. */
const UPDATE_EVERY = 18
/** Rows between two mistakes, and the row of the first one. */
const MISTAKE_EVERY = 113
const FIRST_MISTAKE = 3

const FIRST_NAMES =
  'Aisha Bjørn Carmen Dmitri Élodie Farid Grace Hiroshi Ingrid João Kwame Leila Mateo Nadia Oskar Priya'.split(' ')
const LAST_NAMES =
  'Adeyemi Bauer Chen Dubois Eriksson Ferrari García Haddad Ito Jensen Kowalski Lindqvist Müller'.split(' ')
const SEGMENTS = ['Consumer', 'Consumer', 'Small Business', 'Enterprise'] as const

export type DemoSource = { readonly csv: string; readonly mistakes: number }

/** No value needs quotes but the one whose lack of them is the mistake. */
export function demoSource(): DemoSource {
  const spoils = interleaved()
  const contacts = Array.from({ length: RECORDS }, (_, index) => {
    const place = (index - FIRST_MISTAKE) / MISTAKE_EVERY
    return spoils[place]?.(contactAt(index)) ?? contactAt(index)
  })
  const header = Object.keys(contactAt(0)).join(',')
  const lines = contacts.map(contact => Object.values(contact).join(','))
  return { csv: `${[header, ...lines].join('\n')}\n`, mistakes: spoils.length }
}

function contactAt(index: number): Contact {
  const updates = index % UPDATE_EVERY === 0
  const first = pick(FIRST_NAMES, index * 7)
  const last = pick(LAST_NAMES, index * 5 + Math.floor(index / 16))
  const email = updates
    ? `contact${padded(index / UPDATE_EVERY + 1, 3)}`
    : `${plain(first)}.${plain(last)}.${index + 1}`
  return {
    contact_action: updates ? 'Update' : 'Create',
    customer_id: `C-${padded(index + 1, 5)}`,
    first_name: first,
    last_name: last,
    email: `${email}@example.com`,
    segment: pick(SEGMENTS, index),
    score: (((index * 37) % 1_000) / 10).toFixed(1),
    member_since: `${padded((index % 28) + 1, 2)}/${padded((index % 12) + 1, 2)}/${2015 + (index % 11)}`,
    opt_in: index % 3 === 0 ? 'no' : 'yes',
    account_code: `ACME-${padded((index % 20) + 1, 3)}`,
  }
}

/** One of each kind, then the next of each: so that the first lines of rejected.csv show many kinds. */
function interleaved(): readonly ((contact: Contact) => Contact)[] {
  const rounds = Math.max(...MISTAKES.map(({ times }) => times))
  return Array.from({ length: rounds }, (_, round) =>
    MISTAKES.filter(({ times }) => times > round).map(({ spoil }) => spoil),
  ).flat()
}

function pick<Value>(values: readonly Value[], index: number): Value {
  return values[index % values.length] as Value
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0')
}

/** Without accents, as addresses are written. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('ø', 'o')
    .normalize('NFD')
    .replaceAll(/\p{Mark}/gu, '')
}

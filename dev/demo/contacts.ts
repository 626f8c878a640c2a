// The demo's source: the contacts of a campaign.
import { type ContactFile, FIRST_NAMES, LAST_NAMES, padded, pick } from '../contacts.ts'

export const RECORDS = 5_000
/** One row in this many updates a contact that the emulated org starts with; the others create contacts. */
const UPDATE_EVERY = 18
/** Rows between two mistakes, and the row of the first one. */
const MISTAKE_EVERY = 113
const FIRST_MISTAKE = 3

const SEGMENTS = ['Consumer', 'Consumer', 'Small Business', 'Enterprise'] as const

const COLUMNS: Readonly<Record<keyof Contact, (index: number) => string>> = {
  contact_action: index => (updates(index) ? 'Update' : 'Create'),
  customer_id: index => `C-${padded(index + 1, 5)}`,
  first_name: firstName,
  last_name: lastName,
  email: index => `${mailbox(index)}@example.com`,
  segment: index => pick(SEGMENTS, index),
  score: index => (((index * 37) % 1_000) / 10).toFixed(1),
  member_since: index => `${padded((index % 28) + 1, 2)}/${padded((index % 12) + 1, 2)}/${2015 + (index % 11)}`,
  opt_in: index => (index % 3 === 0 ? 'no' : 'yes'),
  account_code: index => `ACME-${padded((index % 20) + 1, 3)}`,
}

export type DemoSource = ContactFile<keyof Contact> & { readonly mistakes: number }

/** The values need no quotes; a value with a comma is one of the mistakes. */
export function demoSource(): DemoSource {
  const spoils = interleaved()
  const spoil: DemoSource['spoil'] = (contact, index) => {
    return spoils[(index - FIRST_MISTAKE) / MISTAKE_EVERY]?.(contact) ?? contact
  }
  return { records: RECORDS, columns: COLUMNS, spoil, mistakes: spoils.length }
}

const updates = (index: number): boolean => index % UPDATE_EVERY === 0

function firstName(index: number): string {
  return pick(FIRST_NAMES, index * 7)
}

function lastName(index: number): string {
  return pick(LAST_NAMES, index * 5 + Math.floor(index / 16))
}

function mailbox(index: number): string {
  if (updates(index)) return `contact${padded(index / UPDATE_EVERY + 1, 3)}`
  return `${plain(firstName(index))}.${plain(lastName(index))}.${index + 1}`
}

/** One mistake of each kind, then the next of each kind: the first lines of rejected.csv show many kinds. */
function interleaved(): readonly ((contact: Contact) => Contact)[] {
  const most = Math.max(...MISTAKES.map(({ times }) => times))
  return Array.from({ length: most }, (_, index) =>
    MISTAKES.filter(({ times }) => times > index).map(({ spoil }) => spoil),
  ).flat()
}

/** Without accents, as in e-mail addresses. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('ø', 'o')
    .normalize('NFD')
    .replaceAll(/\p{Mark}/gu, '')
}

/** One row, its keys in the order of the columns. */
type Contact = {
  readonly contact_action: string
  readonly customer_id: string
  readonly first_name: string
  readonly last_name: string
  readonly email: string
  readonly segment: string
  /** One decimal. */
  readonly score: string
  /** dd/MM/yyyy */
  readonly member_since: string
  readonly opt_in: string
  /** Account.Ext_Id__c of the emulated org. */
  readonly account_code: string
}

type Mistake = { readonly times: number; readonly spoil: (contact: Contact) => Contact }

const MISTAKES: readonly Mistake[] = [
  { times: 6, spoil: contact => ({ ...contact, contact_action: 'Create', last_name: '' }) },
  { times: 6, spoil: contact => ({ ...contact, email: contact.email.replace('@', ' at ') }) },
  { times: 5, spoil: contact => ({ ...contact, segment: 'Enterprize' }) },
  // No contact has this key: the contact was deleted, or its address has changed.
  {
    times: 4,
    spoil: contact => ({ ...contact, contact_action: 'Update', email: contact.email.replace('@', '@old.') }),
  },
  { times: 4, spoil: contact => ({ ...contact, contact_action: 'Update', email: '' }) },
  {
    times: 4,
    spoil: contact => ({ ...contact, first_name: `${contact.first_name} (please call after five o'clock only)` }),
  },
  { times: 3, spoil: contact => ({ ...contact, contact_action: 'Update', email: 'contact001@example.com' }) },
  { times: 4, spoil: contact => ({ ...contact, member_since: '31/02/2024' }) },
  { times: 3, spoil: contact => ({ ...contact, contact_action: 'Delete' }) },
  // A comma without quotes shifts the rest of the row.
  { times: 2, spoil: contact => ({ ...contact, last_name: `${contact.last_name}, MBA` }) },
  { times: 3, spoil: contact => ({ ...contact, account_code: 'ACME-999' }) },
]

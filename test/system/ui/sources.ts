// Contacts as a campaign collects them.

type Contact = Readonly<Record<'action' | 'customer_id' | 'last_name' | 'email' | 'segment', string>>

const RECORDS = 60

/** By row, from 1. */
const MISTAKES: Readonly<Record<number, Partial<Contact>>> = {
  3: { email: 'person 3' },
  7: { last_name: '' },
  12: { segment: 'Enterprize' },
  13: { segment: 'Enterprize' },
  18: { action: 'Update', email: 'unknown@example.com' },
  21: { last_name: '' },
}

/** Records that the org starts with. */
const KNOWN: Readonly<Record<number, Partial<Contact>>> = {
  4: { action: 'Update', email: 'contact001@example.com' },
  5: { action: 'Update', email: 'contact002@example.com' },
}

/** Content of each file of data/. In the first file 6 of 60 records are rejected, and 2 are updates. */
export const SOURCES: Readonly<Record<string, string>> = {
  'contacts-2026-11-25.csv': csvOf(row => ({ ...contact(row), ...MISTAKES[row], ...KNOWN[row] })),
  'late.csv': csvOf(row => contact(row + RECORDS)),
  'later.csv': csvOf(row => contact(row + 2 * RECORDS)),
}

function contact(row: number): Contact {
  return {
    ...{ action: 'Create', customer_id: `C-${row}`, last_name: `Person ${row}` },
    ...{ email: `person${row}@example.com`, segment: 'Consumer' },
  }
}

function csvOf(contactAt: (row: number) => Contact): string {
  const contacts = Array.from({ length: RECORDS }, (_, index) => contactAt(index + 1))
  return [Object.keys(contact(1)), ...contacts.map(Object.values)].map(cells => cells.join(',')).join('\n')
}

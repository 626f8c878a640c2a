import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

export const OBJECT = 'Contact'

/** Source column to Salesforce field, in column order. */
const COLUMNS = {
  first_name: 'FirstName',
  last_name: 'LastName',
  email: 'Email',
  phone: 'Phone',
  title: 'Title',
  city: 'MailingCity',
  joined: 'Member_Since__c',
  score: 'Score__c',
  source: 'LeadSource',
} as const

/** The mapping of a sync spec. */
export const FIELDS = Object.fromEntries(Object.entries(COLUMNS).map(([column, field]) => [field, column]))

/** `source`: columns as a campaign names them, with a customer id in front. `salesforce`: field names, ready to be sent as it is. */
export type Layout = 'source' | 'salesforce'

const HEADERS: Readonly<Record<Layout, string>> = {
  source: `customer_id,${Object.keys(COLUMNS).join(',')}\n`,
  salesforce: `${Object.values(COLUMNS).join(',')}\n`,
}

/** Rows written at a time. */
const BLOCK = 5_000

/** Writes a CSV of so many contacts, about a hundred bytes a row, all of them valid. */
export async function writeContacts(path: string, records: number, layout: Layout): Promise<void> {
  const file = createWriteStream(path)
  file.write(HEADERS[layout])
  for (let row = 1; row <= records; row += BLOCK) {
    const rows = Array.from({ length: Math.min(BLOCK, records - row + 1) }, (_, offset) => line(row + offset, layout))
    if (!file.write(rows.join(''))) await once(file, 'drain')
  }
  file.end()
  await once(file, 'finish')
}

function line(n: number, layout: Layout): string {
  const id = layout === 'source' ? `C-${n},` : ''
  const day = String((n % 28) + 1).padStart(2, '0')
  const city = n % 10 === 0 ? '"Paris, 2e"' : 'Lyon'
  const phone = `+33 1 ${10_000_000 + n}`
  return `${id}Ana${n % 977},Silva ${n},ana.${n}@example.com,${phone},Buyer,${city},2024-05-${day},${n % 100}.5,Web\n`
}

// The cluster's source: contacts, a few of them invalid.
import { type ContactFile, FIRST_NAMES, LAST_NAMES, padded, pick } from '../contacts.ts'

const SEGMENTS = ['Consumer', 'Small Business', 'Enterprise']

/** In each block of this many records one has no last name and one has a segment that Salesforce does not know. */
const MISTAKES_EVERY = 500
const NAMELESS = 5
const MISSPELT = 9

const COLUMNS = {
  customer_id: (index: number) => `C-${padded(index + 1, 7)}`,
  first_name: (index: number) => pick(FIRST_NAMES, index),
  last_name: (index: number) => pick(LAST_NAMES, index).replace('Eriksson', '"Eriksson, Jr."'),
  email: (index: number) => `contact.${padded(index + 1, 7)}@cluster.example.com`,
  segment: (index: number) => pick(SEGMENTS, index),
}

export function clusterSource(records: number): ContactFile<keyof typeof COLUMNS> {
  return {
    records,
    columns: COLUMNS,
    spoil: (contact, index) => {
      const position = index % MISTAKES_EVERY
      if (position === NAMELESS) return { ...contact, last_name: '' }
      return position === MISSPELT ? { ...contact, segment: 'Enterprize' } : contact
    },
  }
}

export function mistakesIn(records: number): number {
  const upTo = (position: number) => Math.ceil((records - position) / MISTAKES_EVERY)
  return [NAMELESS, MISSPELT].reduce((sum, position) => sum + Math.max(0, upTo(position)), 0)
}

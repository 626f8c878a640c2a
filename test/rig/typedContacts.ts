// Contacts with the types of their values, to write as sources of every kind.
import { padded, pick } from '../../dev/contacts.ts'

/** One contact with the types of its values, null for a blank one. Its row is invalid where `email` is. */
export type TypedContact = {
  readonly id: string
  readonly last: string
  readonly first: string | null
  readonly email: string
  readonly score: number | null
  readonly optIn: boolean
  /** `yyyy-MM-dd` */
  readonly since: string | null
  /** `yyyy-MM-ddTHH:mm:ssZ` */
  readonly seen: string
}

const LAST_NAMES = ['Müller; jr.', 'O\'Neill, "Pat"', '=SUM(A1)', 'two\nlines', '007', ' Łukasz', '李']

function contact(index: number): TypedContact {
  const day = padded(1 + (index % 28), 2)
  return {
    id: `00${padded(index, 6)}`,
    last: `${pick(LAST_NAMES, index)} ${index}`,
    first: index % 3 === 0 ? null : `F${index}`,
    email: index % 500 === 7 ? `c${index} at example` : `c${index}@example.com`,
    score: index % 5 === 0 ? null : (index - 5_000) / 4,
    optIn: index % 2 === 0,
    since: index % 7 === 0 ? null : `2024-${padded(1 + (index % 12), 2)}-${day}`,
    seen: `2025-11-${day}T0${index % 10}:15:0${index % 7}Z`,
  }
}

/** 20 of them are invalid. */
export const TYPED_CONTACTS: readonly TypedContact[] = Array.from({ length: 10_000 }, (_, index) => contact(index))
export const CONTACT_COLUMNS = Object.keys(contact(0)) as readonly (keyof TypedContact)[]

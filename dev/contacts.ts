// Generates the CSV files of contacts for the demo, the cluster and the bench. The same options give the same file.
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export const FIRST_NAMES =
  'Aisha Bjørn Carmen Dmitri Élodie Farid Grace Hiroshi Ingrid João Kwame Leila Mateo Nadia Oskar Priya'.split(' ')
export const LAST_NAMES =
  'Adeyemi Bauer Chen Dubois Eriksson Ferrari García Haddad Ito Jensen Kowalski Lindqvist Müller'.split(' ')

export type ContactFile<Column extends string> = {
  readonly records: number
  /** CSV text of each column, with the quotes that it needs, by the index of the record. */
  readonly columns: Readonly<Record<Column, (index: number) => string>>
  /** Makes the mistakes of the file. @default no mistakes */
  readonly spoil?: (contact: Readonly<Record<Column, string>>, index: number) => Readonly<Record<Column, string>>
}

/** Lines joined for one write. */
const BLOCK = 5_000

/** The text of the file in blocks of lines. */
export function* contactBlocks<Column extends string>(file: ContactFile<Column>): Generator<string> {
  const { records, columns, spoil = contact => contact } = file
  const makers = Object.entries(columns) as [Column, (index: number) => string][]
  const line = (index: number): string => {
    const contact = Object.fromEntries(makers.map(([name, make]) => [name, make(index)])) as Record<Column, string>
    return `${Object.values(spoil(contact, index)).join(',')}\n`
  }
  yield `${Object.keys(columns).join(',')}\n`
  for (let start = 0; start < records; start += BLOCK) {
    yield Array.from({ length: Math.min(BLOCK, records - start) }, (_, offset) => line(start + offset)).join('')
  }
}

export async function writeContacts<Column extends string>(path: string, file: ContactFile<Column>): Promise<void> {
  await pipeline(Readable.from(contactBlocks(file)), createWriteStream(path))
}

export function pick<Value>(values: readonly Value[], index: number): Value {
  return values[index % values.length] as Value
}

export function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0')
}

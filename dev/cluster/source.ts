// The cluster's source: contacts, a few of them wrong, the same in every run.
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

const FIRST_NAMES = ['Aisha', 'Bjørn', 'Carmen', 'Dmitri', 'Élodie', 'Farid', 'Grace', 'Hiroshi', 'Ingrid', 'João']
const LAST_NAMES = ['Adeyemi', 'Bauer', 'Chen', 'Dubois', '"Eriksson, Jr."', 'Ferrari', 'García']
const SEGMENTS = ['Consumer', 'Small Business', 'Enterprise']

const HEADER = 'customer_id,first_name,last_name,email,segment'
/** Of so many records, the one that has no last name and the one whose segment Salesforce does not know. */
const MISTAKES_EVERY = 500
const NAMELESS = 5
const MISSPELT = 9

/** Lines of the file, each with its end. */
export function* sourceLines(records: number): Generator<string> {
  yield `${HEADER}\n`
  for (let index = 0; index < records; index += 1) yield `${contact(index)}\n`
}

export function mistakesIn(records: number): number {
  const upTo = (place: number) => Math.ceil((records - place) / MISTAKES_EVERY)
  return [NAMELESS, MISSPELT].reduce((sum, place) => sum + Math.max(0, upTo(place)), 0)
}

export async function writeSource(path: string, records: number): Promise<void> {
  await pipeline(Readable.from(sourceLines(records)), createWriteStream(path))
}

function contact(index: number): string {
  const place = index % MISTAKES_EVERY
  const number = String(index + 1).padStart(7, '0')
  return [
    `C-${number}`,
    FIRST_NAMES[index % FIRST_NAMES.length],
    place === NAMELESS ? '' : LAST_NAMES[index % LAST_NAMES.length],
    `contact.${number}@cluster.example.com`,
    place === MISSPELT ? 'Enterprize' : SEGMENTS[index % SEGMENTS.length],
  ].join(',')
}

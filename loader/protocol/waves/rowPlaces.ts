// Which wave each row of a source belongs to, and where its parents are: a file of the first reading.
import type { RejectedRow } from '../../mapping/mapCells.ts'
import { ID_BYTES } from '../../matching/keyMatches.ts'
import { FIRST_AMBIGUOUS, FIRST_KNOWN, type Links, NOT_FOUND } from '../../matching/rowLinks.ts'
import { IN_RING, isRow, MOST_WAVES, ringOf, TOO_DEEP, type Waves } from '../../matching/rowWaves.ts'
import { type FilledReference, type SelfReference, selfReferences } from '../../plan/selfReferences.ts'
import type { SyncPlan } from '../../plan/syncPlan.ts'
import { RunFileMissingError } from '../../storage/errors.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { shownValue } from '../../values/valueProblem.ts'
import { wavesFile } from '../layout.ts'
import type { WavesFacts } from '../scan/scanFacts.ts'
import { scanOf } from '../scan/scannedSource.ts'

export type FoundPlaces = {
  /** One list for each reference. */
  readonly links: readonly Links[]
  readonly waves: Waves
  readonly pairs: readonly number[]
  readonly known: readonly string[]
}

/** Writes the file into the folder of a first reading. */
export async function writeRowPlaces(
  { store, folder }: { readonly store: RunStore; readonly folder: string },
  { links, waves, pairs, known }: FoundPlaces,
): Promise<WavesFacts> {
  const ids = Buffer.alloc(known.length * ID_BYTES)
  for (const [number, id] of known.entries()) ids.write(id, number * ID_BYTES, 'latin1')
  const parts = [...links, Uint32Array.from(pairs)].map(each => new Uint8Array(each.buffer, 0, each.byteLength))
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield* parts
    yield waves
    yield ids
  }
  await store.write(wavesFile(folder), bytes())
  return { rows: waves.length - 1, references: links.length, pairs: pairs.length / 2, known: known.length }
}

/** What a reference of a row leads to. */
export type ParentLink =
  | { readonly kind: 'none' }
  | { readonly kind: 'row'; readonly row: number }
  | { readonly kind: 'known'; readonly id: string }

const NO_LINK: ParentLink = { kind: 'none' }

export class RowPlaces {
  readonly references: readonly SelfReference[]
  readonly links: readonly Links[]
  readonly waves: Waves
  readonly #pairs: Uint32Array
  readonly #ids: Buffer
  /** Whether rows in a ring are sent: custom lookups may form one, and Salesforce finds the records that exist already. */
  readonly #sendsRings: boolean
  /** The last wave that is sent. Parents that Salesforce finds may exist already, so the rows below many others follow together. */
  readonly #most: number

  constructor(plan: SyncPlan, { links, waves, pairs, ids }: Omit<FoundPlaces, 'pairs' | 'known'> & OwnParts) {
    this.references = selfReferences(plan)
    this.links = links
    this.waves = waves
    this.#pairs = pairs
    this.#ids = ids
    const isOrdered = this.references.every(({ kind }) => kind === 'ordered')
    this.#sendsRings = isOrdered && this.references.every(({ field }) => field.target.name.endsWith('__c'))
    this.#most = isOrdered ? TOO_DEEP : MOST_WAVES
  }

  /** The last wave that rows are in. */
  get last(): number {
    return this.waves.reduce((last, wave) => (wave > this.#most ? last : Math.max(last, wave)), 0)
  }

  /** Whether the row is sent, as far as its parents decide it before anything is sent. */
  mayLoad(row: number): boolean {
    const wave = this.waves[row] as number
    if (wave > this.#most && !(wave === IN_RING && this.#sendsRings)) return false
    return this.links.every(each => (each[row] as number) < FIRST_AMBIGUOUS)
  }

  /** The wave of a row that is sent; undefined for the first one. */
  waveOf(row: number): number | undefined {
    const wave = this.waves[row] as number
    return wave === 0 || wave > this.#most ? undefined : wave
  }

  /** What a reference of the row leads to. @param index of the reference */
  linkOf(row: number, index: number): ParentLink {
    const link = this.links[index]?.[row] as number
    if (isRow(link)) return { kind: 'row', row: link }
    if (link < FIRST_KNOWN) return NO_LINK
    const from = (link - FIRST_KNOWN) * ID_BYTES
    return { kind: 'known', id: this.#ids.toString('latin1', from, from + ID_BYTES).replace(/\0+$/, '') }
  }

  /** The rows that are parents of a row whose Ids are filled in. */
  parentsOf(row: number): readonly number[] {
    return this.references.flatMap(({ kind }, index) => {
      const link = this.links[index]?.[row] as number
      return kind === 'filled' && isRow(link) ? [link] : []
    })
  }

  /** Counts the rows that will be rejected because of a row above them. @param isRejected by row; those rows are marked too */
  markBelow(isRejected: Uint8Array): number {
    const { last } = this
    let below = 0
    for (let wave = 1; wave <= last; wave++) {
      for (let row = 1; row < isRejected.length; row++) {
        if (this.waves[row] !== wave || isRejected[row] === 1) continue
        if (!this.parentsOf(row).some(parent => isRejected[parent] === 1)) continue
        isRejected[row] = 1
        below += 1
      }
    }
    return below
  }

  /** Visits the rows that are parents of rows of a wave, or of any if it is undefined; one may come several times. */
  eachParent(wave: number | undefined, visit: (row: number) => void): void {
    for (const [index, { kind }] of this.references.entries()) {
      const links = this.links[index] as Links
      if (kind !== 'filled') continue
      for (let row = 1; row < links.length; row++) {
        if ((wave === undefined || this.waves[row] === wave) && isRow(links[row] as number)) visit(links[row] as number)
      }
    }
  }

  /** Why a row is not sent; undefined for one that may be. @param valueIn gives its value in a column of the source */
  rejectionOf(
    row: number,
    operation: RejectedRow['operation'],
    valueIn: (column: string) => string,
  ): RejectedRow | undefined {
    const rejection = (errorCode: string, errorMessage: string): RejectedRow => ({
      rejected: true,
      ...{ operation, errorCode, errorMessage },
    })
    for (const [index, reference] of this.references.entries()) {
      const link = this.links[index]?.[row] as number
      if (link < FIRST_AMBIGUOUS || reference.kind !== 'filled') continue
      const key = keyText(reference, valueIn)
      if (link === NOT_FOUND) return rejection('PARENT_NOT_FOUND', notFound(reference, key))
      return rejection('PARENT_AMBIGUOUS', this.#ambiguous(reference, key, link))
    }
    const wave = this.waves[row] as number
    if (wave === IN_RING && !this.#sendsRings) return rejection('PARENT_IN_RING', this.#inRing(row))
    if (wave !== TOO_DEEP || wave <= this.#most) return undefined
    return rejection(
      'PARENT_TOO_DEEP',
      `it has more than ${MOST_WAVES} rows above it, each the parent of the next; retry the run to load ${MOST_WAVES} more of them`,
    )
  }

  #inRing(row: number): string {
    const ring = ringOf(row, this.links, this.waves)
    if (this.links.some(each => each[row] === row))
      return `it is its own parent (${ring}); leave its parent blank, or name another one`
    return `its parents lead to a ring: ${ring}; leave the parent of one of these rows blank, or name another one`
  }

  #ambiguous({ field }: FilledReference, key: string, link: number): string {
    const pair = (link - FIRST_AMBIGUOUS) * 2
    const rows = [this.#pairs[pair], this.#pairs[pair + 1]].filter(row => row !== 0)
    const several = rows.length === 2 ? `rows ${rows.join(' and ')} both have` : 'several rows have'
    return `${field.target.label}: ${several} ${key}; give each row its own`
  }
}

/** `ref "A-1" (column boss)` */
const keyText = ({ by, from }: FilledReference, valueIn: (column: string) => string): string => {
  const values = from.map((column, index) => `${by[index]} ${JSON.stringify(shownValue(valueIn(column)))}`)
  return `${values.join(' and ')} (column${from.length === 1 ? '' : 's'} ${from.join(', ')})`
}

const notFound = ({ field }: FilledReference, key: string): string =>
  `${field.target.label}: no row of this source has ${key}; correct it, or find a parent that the org has already by lookup`

type OwnParts = { readonly pairs: Uint32Array; readonly ids: Buffer }

/** The places of the rows of a run that has waves. */
export async function rowPlacesOf(store: RunStore, plan: SyncPlan): Promise<RowPlaces> {
  const places = await rowPlacesIfAny(store, plan)
  if (places === undefined) throw new RangeError(`${store.location}: the source was read without waves`)
  return places
}

/** undefined for a run whose rows all stand alone. */
export async function rowPlacesIfAny(store: RunStore, plan: SyncPlan): Promise<RowPlaces | undefined> {
  if (selfReferences(plan).length === 0) return undefined
  const scanned = await scanOf(store, plan)
  return scanned?.waves && openRowPlaces(store, plan, scanned.folder, scanned.waves)
}

/** Reads the file again. Throws RunFileMissingError when it is gone. */
async function openRowPlaces(
  store: RunStore,
  plan: SyncPlan,
  folder: string,
  { rows, references, pairs, known }: WavesFacts,
): Promise<RowPlaces> {
  const path = wavesFile(folder)
  const lists = (rows + 1) * 4
  const sizes = [...Array<number>(references).fill(lists), pairs * 8, rows + 1, known * ID_BYTES]
  const bytes = Buffer.alloc(sizes.reduce((sum, size) => sum + size, 0))
  let at = 0
  for await (const block of store.blocks(path))
    at += Buffer.from(block.buffer, block.byteOffset, block.byteLength).copy(bytes, at)
  if (at !== bytes.length) throw new RunFileMissingError(store.location, path)
  let from = 0
  const words = (size: number) => {
    const part = new Uint32Array(bytes.buffer, bytes.byteOffset + from, size / 4)
    from += size
    return part
  }
  const links = Array.from({ length: references }, () => words(lists))
  return new RowPlaces(plan, {
    links,
    pairs: words(pairs * 8),
    waves: bytes.subarray(from, from + rows + 1),
    ids: bytes.subarray(from + rows + 1),
  })
}

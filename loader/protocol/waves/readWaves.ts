// Finds which rows of a source are the parents of others, while the source is read for the first time.
import { type CellBatch, cellText } from '../../csv/cells.ts'
import type { CompiledMapping } from '../../mapping/mapping.ts'
import { formulaText } from '../../mapping/sourceMarks.ts'
import { KeyHasher } from '../../matching/keyHasher.ts'
import { type LinkRule, type Links, NO_PARENT, NOT_FOUND, RowLinks } from '../../matching/rowLinks.ts'
import type { KeyHash } from '../../matching/rowTable.ts'
import { type Waves, wavesOf } from '../../matching/rowWaves.ts'
import { type FilledReference, type SelfReference, selfReferences } from '../../plan/selfReferences.ts'
import { identifyingFields, type PlannedField, type SyncPlan, wireColumns } from '../../plan/syncPlan.ts'
import { compileLookupKey } from '../../values/fieldValue.ts'
import { canonicalText, isBlank } from '../../values/text.ts'
import type { OpenFirstReading, ScannedRun } from '../scan/firstReading.ts'
import { findKnownParents } from './knownParents.ts'
import { writeRowPlaces } from './rowPlaces.ts'

/** Reads the key of a row; undefined when it has none. */
type ReadKey = (batch: CellBatch, record: number) => readonly string[] | undefined

type Reading = {
  readonly reference: SelfReference
  readonly links: RowLinks
  readonly own: ReadKey
  readonly parent: ReadKey
}

/** The parents of a run whose records may be the parents of each other. */
export const readWaves: OpenFirstReading = scanned => {
  const references = selfReferences(scanned.run.plan)
  if (references.length === 0) return undefined
  const hasher = new KeyHasher()
  const hashOf = (key: readonly string[]): KeyHash => {
    hasher.reset()
    for (const value of key) hasher.add(value)
    return hasher.finish()
  }
  const hashIn = (key: readonly string[] | undefined) => (key === undefined ? undefined : hashOf(key))
  const readings = references.map(reference => readingOf(reference, scanned))
  return {
    take: batch => {
      for (let record = 0; record < batch.records; record++) {
        for (const { links, own, parent } of readings) {
          links.add(
            () => hashIn(own(batch, record)),
            () => hashIn(parent(batch, record)),
          )
        }
      }
    },
    flush: async () => undefined,
    finish: async () => {
      const pairs: number[] = []
      const known: string[] = []
      for (const { reference, links } of readings) {
        if (reference.kind !== 'filled') continue
        const waiting = { links, by: reference.by, hashOf }
        await findKnownParents(scanned.runStores, scanned.run, waiting, known)
      }
      const links = readings.map(reading => reading.links.links(ruleOf(reading.reference, scanned.run.plan), pairs))
      const waves = wavesOf(links)
      if (!isNeeded(links, waves)) return {}
      return { waves: await writeRowPlaces(scanned, { links, waves, pairs, known }) }
    },
    discard: async () => undefined,
  }
}

/** A source whose rows all stand alone is loaded as one without self-references. */
const isNeeded = (links: readonly Links[], waves: Waves): boolean =>
  waves.some(wave => wave !== 0) || links.some(each => each.some(link => link !== NO_PARENT))

function ruleOf(reference: SelfReference, plan: SyncPlan): LinkRule {
  if (reference.kind === 'ordered') return { takesFirst: true, absent: NO_PARENT }
  const { by, none } = reference
  return { takesFirst: areUnique(by, plan), absent: none === 'blank' ? NO_PARENT : NOT_FOUND }
}

/** Whether rows with the same values in these columns repeat each other's key, so that only the first one is loaded. */
function areUnique(by: readonly string[], plan: SyncPlan): boolean {
  const keys = identifyingFields(plan, 'create')
  return keys.length > 0 && keys.every(({ mapping }) => 'column' in mapping && by.includes(mapping.column))
}

function readingOf(reference: SelfReference, scanned: ScannedRun): Reading {
  const links = new RowLinks()
  if (reference.kind === 'filled') return { reference, links, ...columnKeys(reference, scanned) }
  const { key, field } = reference
  return { reference, links, own: fieldKey(key, scanned), parent: fieldKey(field, scanned) }
}

/** Texts without blanks around them, in Unicode form NFC, in which letter case counts: such keys are often Ids of another system. */
function columnKeys({ field, by }: FilledReference, { mapping, values, run }: ScannedRun) {
  const positions = by.map(mapping.positionOf)
  const { source } = run.spec
  const blanks = new Set('uri' in source ? source.blankValues : [])
  const own = (batch: CellBatch, record: number) => {
    const texts = positions.map(position => {
      const text = cellAt(batch, record, position).trim()
      return blanks.has(text) ? '' : (formulaText(text) ?? text)
    })
    return texts.some(isBlank) ? undefined : texts.map(canonicalText)
  }
  const parent = (batch: CellBatch, record: number) => {
    const texts = values.read(batch, record, field.name)
    // No row has a key with a blank value, so one of several that is blank leads to none.
    return texts === undefined || texts.every(isBlank) ? undefined : texts.map(canonicalText)
  }
  return { own, parent }
}

/** The value of a mapped field as Salesforce compares it. */
function fieldKey({ name, valueField }: PlannedField, { run: { plan }, mapping, values }: ScannedRun): ReadKey {
  const maker = makerOf(plan, mapping, name)
  const keyOf = compileLookupKey(valueField)
  return (batch, record) => {
    const [text = ''] = values.read(batch, record, name) ?? []
    const value = isBlank(text) ? maker.constant : maker.convert(text)
    return typeof value !== 'string' || value === '' ? undefined : [keyOf(value)]
  }
}

function makerOf(plan: SyncPlan, { cellsOf }: CompiledMapping, name: string) {
  const [operation] = plan.operations
  const at = operation === undefined ? -1 : wireColumns(plan, operation).findIndex(({ field }) => field?.name === name)
  const maker = operation && cellsOf[operation].makers[at]
  if (maker === undefined) throw new RangeError(`The field ${name} is not sent`)
  return maker
}

function cellAt(batch: CellBatch, record: number, position: number): string {
  const cell = (batch.firstCells[record] as number) + position
  return cell < (batch.firstCells[record + 1] as number) ? cellText(batch, cell) : ''
}

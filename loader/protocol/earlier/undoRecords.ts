// The source of an undo: for each record that an earlier run has written, what takes it back, and what the org must still hold.
import type { Operation } from '../../../packages/client/contract/operations.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import { type ComparedField, comparedFields } from '../../plan/comparedFields.ts'
import { isOfVersions } from '../../plan/fileFields.ts'
import { type SyncPlan, type WireColumn, wireColumns } from '../../plan/syncPlan.ts'
import { failedAnswer } from '../../results/recordAnswer.ts'
import { earlierWords } from '../../spec/earlierRun.ts'
import { RunRejectedError } from '../../spec/runRejectedError.ts'
import type { Dependencies } from '../../step.ts'
import { CLEAR } from '../../values/fieldValue.ts'
import { REPORT_FILE } from '../layout.ts'
import { readJson } from '../runRecords.ts'
import { type RowPlaces, rowPlacesIfAny } from '../waves/rowPlaces.ts'
import { type EarlierRecords, type KnownResult, openEarlier } from './earlierReader.ts'
import { readEarlier } from './finalResults.ts'
import { restoredColumn, UNDO_ID, UNDO_OPERATION, UNDO_ROW, UNDO_WAVE, type Way, writtenColumn } from './undoTable.ts'
import { VersionDocuments } from './versionDocuments.ts'
import { type WrittenRecord, writtenRecords } from './writtenRecords.ts'

/** Opens what undoes a run. @param plan of the undo */
export async function openUndoRecords(
  { runStores, connection }: Pick<Dependencies, 'runStores' | 'connection'>,
  runId: string,
  plan: SyncPlan,
  { onBytes, signal }: { readonly onBytes: (bytes: Uint8Array) => Promise<void>; readonly signal: AbortSignal },
): Promise<EarlierRecords> {
  const store = runStores.open(runId)
  const earlier = await readEarlier(store, runId)
  const { outcome } = await readJson<Pick<RunReport, 'outcome'>>(store, REPORT_FILE)
  const unfinished = outcome === 'failed' || outcome === 'cancelled' ? outcome : undefined
  const wayBack = new WayBack(earlier.run.plan, plan, await rowPlacesIfAny(store, earlier.run.plan))
  const { run } = earlier
  const documents = isOfVersions(run.plan)
    ? new VersionDocuments(connection(run.spec.connection), run.plan, signal)
    : undefined
  // Filled while the records are read, each before its own.
  const known = new Map<number, KnownResult>()
  async function* records(): AsyncGenerator<readonly (readonly string[])[]> {
    let row = 0
    for await (const batch of writtenRecords(earlier, unfinished)) {
      const lines: (readonly string[])[] = []
      await documents?.find(batch)
      for (const record of batch) {
        const way = documents === undefined ? wayBack.of(record) : documents.wayBack(record)
        if (way === undefined) continue
        row += 1
        if ('problem' in way) known.set(row, conflict(way.operation, way.problem))
        lines.push(wayBack.cells(record, way))
      }
      if (lines.length > 0) yield lines
    }
    if (row === 0) throw nothingToUndo(runId)
  }
  const description = earlierWords({ kind: 'undo', runId })
  const table = { description, header: wayBack.header, delimiter: ',', records, isFile: false }
  return { reader: await openEarlier(table, onBytes), known }
}

const nothingToUndo = (runId: string): RunRejectedError =>
  new RunRejectedError(`Run ${runId}`, [
    'the org held everything that it wrote already, so there is nothing to take back; nothing was sent',
  ])

const conflict = (operation: Operation, message: string): KnownResult => ({
  operation,
  ...failedAnswer({ code: 'UNDO_CONFLICT', message }),
})

const NO_VALUES = { restored: new Map<string, string>(), written: new Map<string, string>() } as const

/** The columns that an operation of the earlier run has sent, and the fields that it has compared. */
type OperationFields = { readonly sent: readonly WireColumn[]; readonly compared: readonly ComparedField[] }

class WayBack {
  readonly header: readonly string[]
  readonly #earlier: SyncPlan
  readonly #fields = new Map<Operation, OperationFields>()
  readonly #restorable: readonly string[]
  /** The fields that a record gets that is created again. */
  readonly #creatable: readonly string[]
  readonly #written: readonly string[]

  readonly #wave: ((row: number) => string) | undefined

  /** @param places of the rows of the earlier run; absent when none was the parent of another one */
  constructor(earlier: SyncPlan, undo: SyncPlan, places: RowPlaces | undefined) {
    this.#earlier = earlier
    this.#wave = places && waveBack(places)
    this.#restorable = undo.fields.flatMap(({ name }) => (name === undo.idField.name ? [] : [name]))
    this.#creatable = wireColumns(undo, 'create').map(({ name }) => name)
    this.#written = (undo.undone ?? []).map(({ name }) => name)
    this.header = [
      ...[UNDO_ROW, UNDO_OPERATION, UNDO_ID],
      ...(places === undefined ? [] : [UNDO_WAVE]),
      ...this.#restorable.map(restoredColumn),
      ...this.#written.map(writtenColumn),
      ...earlier.identityFields,
    ]
  }

  /** The record in the source of the undo. */
  cells({ result: { row, id, identity } }: WrittenRecord, way: Way): readonly string[] {
    const { restored, written } = 'problem' in way ? NO_VALUES : way
    const values = [
      ...this.#restorable.map(name => restored.get(name) ?? ''),
      ...this.#written.map(name => written.get(name) ?? ''),
    ]
    const wave = this.#wave === undefined ? [] : [way.operation === 'delete' ? this.#wave(row) : '']
    const undoneId = 'problem' in way ? id : (way.id ?? id)
    return [String(row), way.operation, undoneId, ...wave, ...values, ...identity]
  }

  /** undefined when the run has written nothing of the record. */
  of(record: WrittenRecord): Way | undefined {
    const { outcome, operation } = record.result
    switch (outcome) {
      case 'created':
        return this.#created(record)
      case 'updated':
        return this.#overwritten(record)
      case 'deleted':
        return this.#deleted(record)
      case 'in_doubt':
        return {
          operation: operation === 'delete' ? 'create' : 'update',
          problem:
            'It is not known whether the run wrote this record; the record was left as it is. Check it in the org',
        }
      case 'failed':
      case 'unchanged':
        return undefined
    }
  }

  #created({ result: { operation }, sent }: WrittenRecord): Way {
    if (sent === undefined || operation === '') {
      return {
        operation: 'delete',
        problem:
          'The run found this record as one that an earlier run had created, and did not send it, so it is not known whether someone has changed it; the record was left as it is',
      }
    }
    const written = this.#fieldsOf(operation).sent.flatMap(({ field }, at) => {
      const value = sent[at] ?? ''
      return field === undefined || value === '' ? [] : [[field.name, value] as const]
    })
    return { operation: 'delete', restored: new Map(), written: new Map(written) }
  }

  #fieldsOf(operation: Operation): OperationFields {
    const known = this.#fields.get(operation)
    if (known !== undefined) return known
    const plan = this.#earlier
    const fields = { sent: wireColumns(plan, operation), compared: comparedFields(plan, operation) }
    this.#fields.set(operation, fields)
    return fields
  }

  #overwritten({ result: { operation }, sent = [], before, verdict }: WrittenRecord): Way | undefined {
    if (before === undefined) {
      if (verdict?.verdict === 'unchanged') return undefined
      return {
        operation: 'update',
        problem:
          'The run kept nothing of what this record held, because it did not exist yet when the org was compared; the record was left as it is',
      }
    }
    const changed = this.#fieldsOf(operation === '' ? 'update' : operation).compared.filter(({ name }) =>
      verdict?.changed.includes(name),
    )
    const unread = changed.find(field => !isVerifiable(field))
    if (unread !== undefined) {
      return {
        operation: 'update',
        problem: `${unread.name} cannot be compared with what the org holds, so it is not known whether someone has changed it; the record was left as it is`,
      }
    }
    return {
      operation: 'update',
      restored: new Map(changed.map(field => [keptName(field), before.get(keptName(field)) || CLEAR])),
      written: new Map(changed.map(({ name, cell }) => [name, sent[cell] ?? ''])),
    }
  }

  #deleted({ before }: WrittenRecord): Way {
    if (before === undefined) {
      return {
        operation: 'create',
        problem: 'The run kept nothing of what this record held, so it cannot be created again',
      }
    }
    const restored = new Map(
      this.#restorable.flatMap(name => (before.get(name) ? [[name, before.get(name) ?? '']] : [])),
    )
    if (!this.#creatable.some(name => restored.has(name))) {
      return {
        operation: 'create',
        problem:
          'The run kept no value of this record, because its sync maps no field that the record had, so it cannot be created again; restore it from the recycle bin of the org',
      }
    }
    return { operation: 'create', restored, written: new Map() }
  }
}

/** Children are taken back before their parents. */
function waveBack(places: RowPlaces): (row: number) => string {
  const { last } = places
  return row => String(last - (places.waveOf(row) ?? 0) || '')
}

const isVerifiable = ({ path }: ComparedField): boolean => path !== undefined

/** The name of a field in a before-image. */
const keptName = ({ name, lookup, path }: ComparedField): string => lookup ?? path ?? name

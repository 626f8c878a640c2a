import { csvRecordBytes, leadingNumber } from '../../../csv/recordBytes.ts'
import type { SyncPlan } from '../../../plan/syncPlan.ts'
import type { RunStore } from '../../../storage/runStore.ts'
import type { StagedChunk } from '../../staged.ts'
import { Pack } from './pack.ts'

/**
 * Joins the packs of all lanes of an operation and wave whose records fit into one batch of Salesforce: its records are written one after another, so
 * that they need no lanes. Packs that are not in memory any more stay as they are.
 * @param mostRecords in a merged pack
 */
export async function mergePacks(
  store: RunStore,
  plan: SyncPlan,
  packs: readonly Pack[],
  mostRecords: number,
): Promise<readonly Pack[]> {
  const merged: Pack[] = []
  for (const own of byPhase(packs)) {
    const records = own.reduce((sum, pack) => sum + pack.records, 0)
    const isOne = own.length > 1 && records <= mostRecords && own.every(({ isHeld }) => isHeld)
    merged.push(...(isOne ? [await mergedPack(store, plan, own)] : own))
  }
  return merged
}

/** Names the records that may be sent beside each other: those of one operation and wave. */
export const phaseOf = ({ operation, wave = 0 }: StagedChunk): string => `${operation} ${wave}`

function byPhase(packs: readonly Pack[]): Iterable<readonly Pack[]> {
  const phases = new Map<string, Pack[]>()
  for (const pack of packs) {
    const phase = phaseOf(pack.chunk)
    phases.set(phase, [...(phases.get(phase) ?? []), pack])
  }
  return phases.values()
}

async function mergedPack(store: RunStore, plan: SyncPlan, packs: readonly Pack[]): Promise<Pack> {
  const [first] = packs.map(({ chunk }) => chunk).toSorted((one, other) => one.chunk - other.chunk)
  if (first === undefined) throw new RangeError('There is no pack')
  const { lane: _, ...chunk } = first
  const merged = new Pack(store, plan, { ...chunk, firstRow: Math.min(...packs.map(one => one.chunk.firstRow)) })
  const records = (await Promise.all(packs.map(recordsOf))).flat()
  for (const { csv, rows } of records.toSorted((one, other) => one.row - other.row)) {
    merged.csv.add(csv, 0, csv.length)
    merged.rows.add(rows, 0, rows.length)
    merged.records += 1
  }
  for (const pack of packs) await pack.discard()
  return merged
}

/** A record as it is sent, and the line of its source row. */
type PackedRecord = { readonly row: number; readonly csv: Buffer; readonly rows: Buffer }

async function recordsOf(pack: Pack): Promise<readonly PackedRecord[]> {
  const [csv, rows] = [await linesOf(pack.csv.collected), await linesOf(pack.rows.collected)]
  return rows.map((line, index) => ({ row: leadingNumber(line, 0), csv: csv[index] as Buffer, rows: line }))
}

/** Lines of a file that is in memory, without its header. */
async function linesOf(bytes: Buffer): Promise<readonly Buffer[]> {
  const lines: Buffer[] = []
  async function* block() {
    yield bytes
  }
  for await (const { bytes: copied, count, starts } of csvRecordBytes(block())) {
    for (let index = 0; index < count; index++) {
      lines.push(Buffer.from(copied.subarray(starts[index], starts[index + 1])))
    }
  }
  return lines.slice(1)
}

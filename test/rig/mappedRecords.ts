import { recordValues } from '../../loader/csv/cells.ts'
import { ByteMapping } from '../../loader/mapping/byteMapping.ts'
import { compileMapping } from '../../loader/mapping/mapping.ts'
import type { ParentTables } from '../../loader/mapping/parentTable.ts'
import type { SyncPlan } from '../../loader/plan/syncPlan.ts'
import { readCsv } from '../../loader/sources/csv.ts'

/** Each record as `mapRow` maps it, and as the mapping of bytes does; undefined where that leaves it to `mapRow`. */
export async function mappedRecords(plan: SyncPlan, csv: string, parents: ParentTables = new Map()) {
  async function* blocks() {
    yield Buffer.from(csv)
  }
  const reader = await readCsv(blocks(), {
    ...{ description: 'x.csv', delimiter: ',', encoding: 'utf-8', skipEmptyRows: true },
  })
  const compiled = compileMapping(plan, reader.header, { parents })
  if (!compiled.ok) throw new Error(compiled.problems.join('\n'))
  const bytes = new ByteMapping(plan, reader.header, compiled.mapping)
  const records: { readonly row: object; readonly line: string | undefined }[] = []
  for await (const batch of reader.batches) {
    for (let record = 0; record < batch.records; record++) {
      const row = compiled.mapping.mapRow(recordValues(batch, record))
      const isTaken = bytes.map(batch, record, record + 1) !== undefined
      records.push({ row, line: isTaken ? bytes.line.bytes.toString('utf8', 0, bytes.line.length) : undefined })
    }
  }
  return records
}

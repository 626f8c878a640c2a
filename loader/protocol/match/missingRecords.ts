// Records of the org in the scope that the source does not have. They become rows of the run after those of the source.
import type { Operation } from '../../../packages/client/contract/operations.ts'
import { recordCells } from '../../csv/cellReader.ts'
import { csvLine } from '../../csv/ownCsv.ts'
import { readPaths } from '../../plan/comparedFields.ts'
import { identifyingFields, type PlannedMissing, type SyncPlan, wireColumns } from '../../plan/syncPlan.ts'
import { RunRejectedError } from '../../spec/runRejectedError.ts'
import { isTranslated } from '../../values/valueMap.ts'
import { keyedChunkFiles, MISSING_FILE, PLANNED_FILE } from '../layout.ts'
import { readJsonIfThere, readStaged } from '../runRecords.ts'
import { KEY_COLUMN } from '../stage/chunkWriter.ts'
import type { MatchedRecords, MissingRecords, StagedChunk } from '../staged.ts'
import type { FoundValues } from './compare/comparedChunks.ts'
import { CopiedFile } from './copiedFile.ts'
import type { MatchedRun } from './matchedRun.ts'
import { eachInScope, type PresentRecords, presentRecords, type ScopePages } from './presentRecords.ts'
import { searchOrg } from './search/orgSearch.ts'
import { selectedPaths } from './search/searchPages.ts'

/** The missing records as chunks, and what the org holds of the scope. */
export type FoundMissing = { readonly missing: MissingRecords; readonly values: FoundValues }

/**
 * Finds the missing records of a run, or those that its plan has found. Throws RunRejectedError when more would be deleted than the sync allows.
 * @param searched the chunks with the keys of the source
 */
export async function findMissing(
  matching: MatchedRun,
  planned: PlannedMissing,
  folder: FoundValues['folder'],
  searched: readonly StagedChunk[],
): Promise<FoundMissing> {
  const { salesforce, store, run, phase, step, limits } = matching
  const { object, idField } = run.plan
  const sourceKeys = keysOf(run.plan)
  const operation = operationOf(planned)
  const paths = [
    ...sourceKeys.map(({ name }) => name),
    ...readPaths(run.plan, operation === undefined ? [] : [operation]),
  ]
  const search = {
    salesforce,
    store,
    folder,
    place: 'in-scope',
    object,
    keys: [idField],
    paths,
    scope: planned.scope,
    files: [],
    limits,
    step,
  }
  const values: FoundValues = { folder, keys: search.keys, paths, found: await searchOrg(search) }
  const before = phase === 'apply' ? await readJsonIfThere<MatchedRecords>(store, PLANNED_FILE) : undefined
  const missing = before?.missing ?? (await writeMissing(matching, operation, values, searched))
  const { maxDeleted } = run.spec
  if (operation === 'delete' && phase !== 'plan' && missing.found > maxDeleted)
    throw tooMany(object, missing, maxDeleted)
  return { missing, values }
}

/** The fields by which the source names its records. Throws a RangeError for a plan without one, which finds no missing records. */
function keysOf(plan: SyncPlan) {
  const [operation = 'update'] = plan.operations
  const keys = identifyingFields(plan, operation).map(({ target }) => target)
  if (keys.length === 0) throw new RangeError('The plan of the run has no key field')
  return keys
}

const operationOf = ({ action }: PlannedMissing): Operation | undefined => (action === 'report' ? undefined : action)

const count = (records: number): string => records.toLocaleString('en-US')

const tooMany = (object: string, { found, inScope }: MissingRecords, most: number): RunRejectedError =>
  new RunRejectedError(`The load into ${object}`, [
    `the source does not have ${count(found)} of the ${count(inScope)} records in the scope, and maxDeleted allows to delete ${count(most)}; ` +
      'nothing was sent. Check the source and the scope, look at the records with sflink sync plan, or raise maxDeleted',
  ])

async function writeMissing(
  matching: MatchedRun,
  operation: Operation | undefined,
  { paths, found, keys: ids }: FoundValues,
  searched: readonly StagedChunk[],
): Promise<MissingRecords> {
  const { store, run, step, limits } = matching
  const columns = selectedPaths({ keys: ids, paths })
  const sourceKeys = keysOf(run.plan)
  const scope: ScopePages = { pages: found.pages, keys: sourceKeys.map(({ name }) => columns.indexOf(name)) }
  const keys = { store, step, fields: sourceKeys, chunks: searched, joinedRecords: limits.joinedRecords }
  const present = await presentRecords(keys, scope)
  const counts = { found: present.records - present.present, inScope: present.records }
  if (operation === undefined) {
    await writeReport(matching, scope, columns, present)
    return { ...counts, chunks: [] }
  }
  return { ...counts, chunks: await writeChunks(matching, operation, { scope, columns, present }) }
}

async function writeReport(
  matching: MatchedRun,
  scope: ScopePages,
  columns: readonly string[],
  present: PresentRecords,
): Promise<void> {
  const file = new CopiedFile(matching.store.writer(MISSING_FILE))
  try {
    file.addText(csvLine(columns))
    const visit: Parameters<typeof eachInScope>[2] = ({ bytes, starts }, record, index) => {
      if (!present.has(index)) file.add(bytes, starts[record] as number, starts[record + 1] as number)
    }
    await eachInScope(matching, scope, visit, () => file.flush())
    await file.finish()
  } catch (error) {
    await file.discard()
    throw error
  }
}

type Scope = {
  readonly scope: ScopePages
  readonly columns: readonly string[]
  readonly present: PresentRecords
}

/** Writes chunks as those of a source, with the Id as the key. */
async function writeChunks(
  { store, run, step }: MatchedRun,
  operation: Operation,
  { scope, columns, present }: Scope,
): Promise<readonly StagedChunk[]> {
  const { plan, spec } = run
  const staged = await readStaged(store)
  const lineOf = compileLine(plan, operation)
  const identityOf = compileIdentity(plan, columns)
  const most = spec.engine === 'collections' ? spec.chunk.collectionsRecords : spec.chunk.bulkRecords
  const chunks: StagedChunk[] = []
  let row = staged?.records ?? 0
  let chunk = Math.max(0, ...(staged?.chunks ?? []).map(one => one.chunk))
  let open: { readonly csv: CopiedFile; readonly rows: CopiedFile; readonly staged: StagedChunk } | undefined
  const full: CopiedFile[] = []
  const close = (): void => {
    if (open === undefined) return
    full.push(open.csv, open.rows)
    chunks.push(open.staged)
    open = undefined
  }
  const visit: Parameters<typeof eachInScope>[2] = (records, record, index) => {
    if (present.has(index)) return
    row += 1
    if (open === undefined) {
      chunk += 1
      const files = keyedChunkFiles(chunk)
      const [csv, rows] = [new CopiedFile(store.writer(files.csv)), new CopiedFile(store.writer(files.rows))]
      csv.addText(csvLine([KEY_COLUMN, ...wireColumns(plan, operation).map(({ name }) => name)]))
      rows.addText(csvLine(['row', ...plan.identityFields]))
      open = { csv, rows, staged: { chunk, operation, firstRow: row, records: 0 } }
    }
    const cells = recordCells(records, record)
    open.csv.addText(lineOf(cells[0] ?? ''))
    open.rows.addText(csvLine([String(row), ...identityOf(cells)]))
    open = { ...open, staged: { ...open.staged, records: open.staged.records + 1 } }
    if (open.staged.records === most) close()
  }
  const flush = async (): Promise<void> => {
    for (let file = full[0]; file !== undefined; file = full[0]) {
      await file.finish()
      full.shift()
    }
    await open?.csv.flush()
    await open?.rows.flush()
  }
  try {
    await eachInScope({ store, step }, scope, visit, flush)
    close()
    await flush()
    return chunks
  } catch (error) {
    close()
    for (const file of full) await file.discard()
    throw error
  }
}

/** A record by its Id, with the values of an update. */
function compileLine({ missing, ...plan }: SyncPlan, operation: Operation): (id: string) => string {
  const [, ...columns] = wireColumns(plan, operation)
  const values = columns.map(({ field }) => missing?.values[field?.name ?? ''] ?? '')
  return id => csvLine([id, '', ...values])
}

/** The identity fields that are mapped to a field which was read of the org, and has its values; the others are blank. */
function compileIdentity(
  { identityFields, fields }: SyncPlan,
  columns: readonly string[],
): (cells: readonly string[]) => readonly string[] {
  const places = identityFields.map(identity => {
    const mapped = fields.filter(
      ({ mapping }) => 'column' in mapping && mapping.column === identity && !isTranslated(mapping),
    )
    return mapped.map(({ name }) => columns.indexOf(name)).find(place => place >= 0) ?? -1
  })
  return cells => places.map(place => cells[place] ?? '')
}

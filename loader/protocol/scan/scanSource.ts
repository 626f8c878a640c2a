import { isSyncName } from '../../../packages/client/contract/names.ts'
import type { SkippedRun } from '../../../packages/client/contract/runReport.ts'
import { present } from '../../../packages/client/contract/scalars.ts'
import { isFoundByTable } from '../../mapping/cellMaker.ts'
import type { ParentTables } from '../../mapping/parentTable.ts'
import type { SyncPlan } from '../../plan/syncPlan.ts'
import type { SourceReader } from '../../sources/sourceReader.ts'
import type { Dependencies, Step } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { decimalMark } from '../../values/writtenNumber.ts'
import { SCANNED_FILE, SOURCE_FILE, scanFolder } from '../layout.ts'
import { readLookupValues } from '../parents/lookupValues.ts'
import { readPlan, readStaged, requireRun } from '../runRecords.ts'
import { againstLast, sourceHash } from '../stage/lastSource.ts'
import { firstOnes, openRecords } from '../stage/readSource.ts'
import { sourceMapping } from '../stage/sourceMapping.ts'
import { StagedElsewhereError, type StagingTurn, takeTurn } from '../stage/stagingTurn.ts'
import { readWaves } from '../waves/readWaves.ts'
import type { FirstReading, OpenFirstReading, ScannedRun } from './firstReading.ts'
import type { ScanFacts } from './scanFacts.ts'
import { readScanned, type ScannedSource, scannedIfThere } from './scannedSource.ts'
import { SourceValues } from './sourceValues.ts'

/** What is read of the source before it is staged. */
const READINGS: readonly OpenFirstReading[] = [readLookupValues, readWaves]

export type ScanSourceInput = {
  readonly runId: string
  /** Name of the sync that was started; null means absent. */
  readonly sync?: string | null | undefined
  /** Id of the workflow's first execution. */
  readonly execution: string
}

/** What the first reading has seen, or why nothing of the source is to be loaded. */
export type SourceScan = ScanFacts & { readonly skipped?: SkippedRun }

type ScanDependencies = Pick<Dependencies, 'runStores' | 'openSource' | 'syncStore' | 'connection'>

/**
 * Reads the whole source once before it is staged, for what must be known of all its records, and keeps a copy that is staged then: both
 * readings have the same records. An execution that continues the run reads the source again, as it is by then, unless it was staged.
 */
export async function scanSource(
  dependencies: ScanDependencies & Pick<Dependencies, 'runStore'>,
  input: ScanSourceInput,
  step: Step,
): Promise<SourceScan> {
  const store = dependencies.runStore(input.runId)
  step.heartbeat({ reading: true })
  const before = await scannedIfThere(store)
  const isDone = before?.execution === input.execution || (await readStaged(store)) !== undefined
  if (before !== undefined && isDone) return factsOf(before)
  try {
    return await scan(store, before, dependencies, input, step.signal)
  } catch (error) {
    if (error instanceof ScannedElsewhereError || error instanceof StagedElsewhereError)
      return factsOf(await readScanned(store))
    throw error
  }
}

function factsOf({
  execution: _,
  folder: _folder,
  description: _name,
  reading,
  sourceHash: _hash,
  ...facts
}: ScannedSource): ScanFacts {
  return facts
}

/** Thrown when another worker has read the source for this execution meanwhile. */
class ScannedElsewhereError extends Error {
  override readonly name = 'ScannedElsewhereError' as const

  constructor() {
    super('Another worker has read the source')
  }
}

async function scan(
  store: RunStore,
  before: ScannedSource | undefined,
  dependencies: ScanDependencies,
  { runId, sync, execution }: ScanSourceInput,
  signal: AbortSignal,
): Promise<SourceScan> {
  const run = await readPlan(store)
  const turn = await takeTurn(store, run, async () => {
    if ((await scannedIfThere(store))?.execution === execution) throw new ScannedElsewhereError()
  })
  if (before !== undefined) await removeScan(store, before)
  const folder = scanFolder(turn.id)
  const {
    facts,
    sourceHash: hash,
    ...source
  } = await readWhole(dependencies, { store, runStores: dependencies.runStores, folder, run }, turn, signal)
  if (sync != null && isSyncName(sync)) {
    const last = await againstLast(dependencies.syncStore(sync), { runId, sync, spec: run.spec, hash })
    // The run may find another source when it is started again.
    if ('skipped' in last) return { skipped: last.skipped }
  }
  await turn.check()
  const scanned: ScannedSource = { ...facts, ...source, sourceHash: hash, execution, folder }
  if (!(await store.writeOnce(SCANNED_FILE, `${JSON.stringify(scanned, undefined, 2)}\n`)))
    throw new ScannedElsewhereError()
  await requireRun(store)
  return facts
}

/** Removes what an earlier execution has read. */
async function removeScan(store: RunStore, { folder }: ScannedSource): Promise<void> {
  await store.remove(SCANNED_FILE)
  for (const path of await store.list(folder)) await store.remove(path)
}

type ScanPlace = Pick<ScannedRun, 'store' | 'runStores' | 'folder' | 'run'>

/** Reads the source to its end, and copies it. */
async function readWhole(
  dependencies: ScanDependencies,
  place: ScanPlace,
  { files }: StagingTurn,
  signal: AbortSignal,
): Promise<{ readonly facts: ScanFacts } & Pick<ScannedSource, 'description' | 'reading' | 'sourceHash'>> {
  const copy = files.writer(SOURCE_FILE)
  const hash = sourceHash()
  try {
    const onBytes = (bytes: Uint8Array) => {
      hash.update(bytes)
      return copy.write(bytes)
    }
    const decimalSeparator = decimalMark(place.run.spec.formats)
    const { reader } = await openRecords(dependencies, place.run, { onBytes, signal, decimalSeparator })
    const facts = await showAll(reader, place, signal)
    await copy.finish()
    const { description } = reader
    return { facts, description, ...present({ reading: reader.reading?.() }), sourceHash: hash.digest('hex') }
  } catch (error) {
    await copy.discard()
    throw error
  }
}

/** Shows all records to the first readings. */
async function showAll(reader: SourceReader, place: ScanPlace, signal: AbortSignal): Promise<ScanFacts> {
  const { run } = place
  let readings: readonly FirstReading[] = []
  try {
    const { mapping, marks } = sourceMapping(run, reader, noParents(run.plan))
    const values = new SourceValues(run.plan, mapping.positionOf, marks)
    readings = READINGS.flatMap(open => open({ ...place, header: reader.header, mapping, values }) ?? [])
    for await (const batch of reader.batches) {
      // The rest is read too: the copy of the source must be whole.
      for (const reading of readings) reading.take(firstOnes(batch, run.spec.limit))
      for (const reading of readings) await reading.flush()
      signal.throwIfAborted()
    }
    const facts: ScanFacts[] = []
    for (const reading of readings) facts.push(await reading.finish())
    return Object.assign({}, ...facts) as ScanFacts
  } catch (error) {
    for (const reading of readings) await reading.discard()
    throw error
  } finally {
    await reader.close()
  }
}

/** The parents and files are searched for once the source was read. */
const noParents = ({ fields }: SyncPlan): ParentTables =>
  new Map(fields.flatMap(({ name, mapping }) => (isFoundByTable(mapping) ? [[name, { find: () => '' }] as const] : [])))

// Of several attempts to read or stage a source that are alive, one decides, and all of its files are those of one reading: the source
// may have changed between two of them, and the rows of a database may.
import { randomUUID } from 'node:crypto'
import { isFileMapping } from '../../../packages/client/contract/fieldMapping.ts'
import { LinkError } from '../../../packages/client/contract/linkError.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { STAGING_FILE } from '../layout.ts'
import { type PlannedRun, readJsonIfThere, readStaged, type StagedRun, writeJson } from '../runRecords.ts'
import { mayDiffer } from '../scan/scannedSource.ts'

/** Thrown when another worker has staged the source meanwhile. */
export class StagedElsewhereError extends Error {
  override readonly name = 'StagedElsewhereError' as const
  readonly staged: StagedRun

  constructor(staged: StagedRun) {
    super('Another worker has staged the source')
    this.staged = staged
  }
}

/** Thrown when a later attempt reads the source: it may find other records, and replaces the files of this one. */
class StagingTakenError extends LinkError {
  override readonly name = 'StagingTakenError' as const
  readonly kind = 'transient' as const

  constructor() {
    super('A later attempt reads the source of this run; this one ends')
  }
}

export type StagingTurn = {
  /** Names the attempt. */
  readonly id: string
  /** The run store, whose files are replaced only during the turn. */
  readonly files: Pick<RunStore, 'writer'>
  /** Throws what `before` throws, StagedElsewhereError when the source is staged, and StagingTakenError when a later attempt has begun. */
  check(): Promise<void>
}

/**
 * Begins the turn of an attempt, and ends that of every earlier one: Temporal starts another attempt when the last one is lost.
 * @param before is called first by each check
 */
export async function takeTurn(
  store: RunStore,
  run: PlannedRun,
  before: () => Promise<void> = async () => undefined,
): Promise<StagingTurn> {
  const id = randomUUID()
  const isTaken = mayStageOthers(run)
  if (isTaken) await writeJson(store, STAGING_FILE, { id })
  const check = async () => {
    await before()
    const staged = await readStaged(store)
    if (staged !== undefined) throw new StagedElsewhereError(staged)
    if (!isTaken) return
    const last = await readJsonIfThere<{ readonly id: string }>(store, STAGING_FILE)
    if (last?.id !== id) throw new StagingTakenError()
  }
  return { id, files: { writer: path => checkedWriter(store, path, check) }, check }
}

/** Whether two attempts may stage different records: those of the source may change, the parents in another run, and the files that rows name. */
const mayStageOthers = ({ spec, plan }: PlannedRun): boolean =>
  mayDiffer(spec.source) || spec.parentRuns !== undefined || plan.fields.some(({ mapping }) => isFileMapping(mapping))

function checkedWriter(store: RunStore, path: string, check: StagingTurn['check']): ReturnType<RunStore['writer']> {
  const writer = store.writer(path)
  return {
    get bytes() {
      return writer.bytes
    },
    write: text => writer.write(text),
    discard: () => writer.discard(),
    finish: async () => {
      await check()
      await writer.finish()
    },
  }
}

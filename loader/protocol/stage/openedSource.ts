// The source of a run as it is opened to be staged: from where it is, or from the copy that its first reading has made.
import { LinkError } from '../../../packages/client/contract/linkError.ts'
import type { Dependencies } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { decimalMark } from '../../values/writtenNumber.ts'
import { SOURCE_FILE } from '../layout.ts'
import type { PlannedRun } from '../runRecords.ts'
import { mayDiffer, openScanned, scanOf } from '../scan/scannedSource.ts'
import { sourceHash } from './lastSource.ts'
import { openRecords, type SourceRecords } from './readSource.ts'
import type { StagingTurn } from './stagingTurn.ts'

export type OpenedSource = SourceRecords & {
  /** After the last record: completes the copy of the source. Returns the SHA-256 of its bytes, in hex. */
  readonly finish: () => Promise<string>
  readonly discard: () => Promise<void>
}

/** Thrown when the copy of the source has changed since it was read for the first time, from which its parents are known. */
class SourceCopyChangedError extends LinkError {
  override readonly name = 'SourceCopyChangedError' as const
  readonly kind = 'fatal' as const

  constructor(location: string) {
    super(
      `The copy of the source ${location}/${SOURCE_FILE} is not the one that was read first; nothing was sent. Start a new run`,
    )
  }
}

export type OpeningDependencies = Pick<Dependencies, 'runStores' | 'openSource' | 'connection'>

export async function openToStage(
  dependencies: OpeningDependencies,
  store: RunStore,
  run: PlannedRun,
  { files }: StagingTurn,
  signal: AbortSignal,
): Promise<OpenedSource> {
  const hash = sourceHash()
  const scanned = mayDiffer(run.spec.source) ? await scanOf(store, run.plan) : undefined
  if (scanned !== undefined) {
    const finish = async () => {
      const digest = hash.digest('hex')
      if (digest !== scanned.sourceHash) throw new SourceCopyChangedError(store.location)
      return digest
    }
    const reader = await openScanned(store, scanned, bytes => void hash.update(bytes))
    return { reader, finish, discard: async () => undefined }
  }
  const copy = files.writer(SOURCE_FILE)
  const onBytes = (bytes: Uint8Array) => {
    hash.update(bytes)
    return copy.write(bytes)
  }
  const decimalSeparator = decimalMark(run.spec.formats)
  const discard = () => copy.discard()
  try {
    const records = await openRecords(dependencies, run, { onBytes, signal, decimalSeparator })
    const finish = async () => {
      await copy.finish()
      return hash.digest('hex')
    }
    return { ...records, finish, discard }
  } catch (error) {
    await discard()
    throw error
  }
}

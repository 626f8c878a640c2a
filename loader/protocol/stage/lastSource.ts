// The source that a sync has loaded last: one file per sync beside the runs, since a run may be removed.
import { createHash, type Hash } from 'node:crypto'
import type { SkippedRun } from '../../../packages/client/contract/runReport.ts'
import type { CsvSource } from '../../../packages/client/contract/syncSpec.ts'
import { RunRejectedError } from '../../spec/runRejectedError.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { shownUri } from '../../storage/uris.ts'
import { readJsonIfThere, writeJson } from '../runRecords.ts'

const LAST_SOURCE_FILE = 'last-source.json'

export type LastSource = {
  /** The run that has loaded it. */
  readonly runId: string
  readonly uri: string
  /** SHA-256 of its bytes, in hex. */
  readonly hash: string
  /** Epoch milliseconds. */
  readonly startedAt: number
  /** UTC, `YYYY-MM-DDTHH:mm:ss`. */
  readonly finishedAt: string
}

/** @param store of the sync */
export const readLastSource = (store: RunStore): Promise<LastSource | undefined> =>
  readJsonIfThere<LastSource>(store, LAST_SOURCE_FILE)

/** An earlier run that is started again loads nothing, so the later one stays the last. @param store of the sync */
export async function keepLastSource(store: RunStore, loaded: LastSource): Promise<void> {
  const last = await readLastSource(store)
  if (last === undefined || last.startedAt <= loaded.startedAt) await writeJson(store, LAST_SOURCE_FILE, loaded)
}

export const sourceHash = (): Hash => createHash('sha256')

/** What a run does whose source is unchanged since the last one. */
export type UnchangedSource = { readonly skipped: SkippedRun } | { readonly warning: string }

/** Throws RunRejectedError when the sync is to fail then. */
export function onUnchanged({ uri, unchanged }: CsvSource, last: LastSource): UnchangedSource {
  const fact = `it is byte for byte what the run ${last.runId} has loaded (${shownUri(last.uri)}, ${last.finishedAt} UTC)`
  switch (unchanged) {
    case 'load':
      return { warning: `The source ${shownUri(uri)} was loaded again: ${fact}` }
    case 'skip':
      return { skipped: { reason: 'unchanged', message: `The source ${shownUri(uri)} was not loaded again: ${fact}` } }
    case 'fail':
      throw new RunRejectedError(`The source ${shownUri(uri)}`, [
        `${fact}; nothing was sent. Check that the export ran; to load it anyway, set source.unchanged: load`,
      ])
  }
}

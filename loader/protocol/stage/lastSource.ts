// The source that a sync has loaded last: one file per sync beside the runs, since a run may be removed.
import { createHash, type Hash } from 'node:crypto'
import type { SkippedRun } from '../../../packages/client/contract/runReport.ts'
import type { ExternalSource } from '../../../packages/client/contract/sourceSpec.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import { kindOfSource } from '../../sources/sourceUri.ts'
import { earlierRunOf } from '../../spec/earlierRun.ts'
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
  /** What `mappingHash` gives for the spec; absent in files that release 0.1.0 wrote. */
  readonly mapping?: string
  /** Records that did not fail, of `records`; absent in files that release 0.1.0 wrote. */
  readonly loaded?: number
  readonly records?: number
  /** Epoch milliseconds. */
  readonly startedAt: number
  /** UTC, `YYYY-MM-DDTHH:mm:ss`. */
  readonly finishedAt: string
}

/** @param store of the sync */
const readLastSource = (store: RunStore): Promise<LastSource | undefined> =>
  readJsonIfThere<LastSource>(store, LAST_SOURCE_FILE)

/**
 * Stores what a completed run has loaded. A run that loaded no record does not count. An earlier run that is started again loads
 * nothing, so the later one stays the last.
 * @param store of the sync
 */
export async function keepLastSource(store: RunStore, loaded: LastSource): Promise<void> {
  if (loaded.loaded === 0) return
  const last = await readLastSource(store)
  if (last === undefined || last.startedAt <= loaded.startedAt) await writeJson(store, LAST_SOURCE_FILE, loaded)
}

/** Removes what `keepLastSource` has stored for a run. @param store of the sync */
export async function forgetLastSource(store: RunStore, runId: string): Promise<void> {
  if ((await readLastSource(store))?.runId === runId) await store.remove(LAST_SOURCE_FILE)
}

export const sourceHash = (): Hash => createHash('sha256')

/** Keys of a spec that change the pace or the results of a run, and nothing in the org. */
const WITHOUT_EFFECT: readonly string[] = [
  'identityFields',
  'resultColumns',
  'escapeFormulas',
  'maxRejected',
  'engine',
  'chunk',
  'collections',
  'concurrency',
  'upload',
  'groupBy',
  'resend',
  'plan',
  'send',
  'undo',
  // Each run of a flow has others; the records of the same source are loaded already.
  'parentRuns',
] satisfies readonly (keyof SyncSpec)[]

/** Keys of a source that say where it is, what is taken from it and when; the others say how it is read. */
const PLACE: readonly string[] = [
  'uri',
  'query',
  'table',
  'sql',
  'tables',
  'waitFor',
  'stableFor',
  'missing',
  'unchanged',
] satisfies readonly (keyof ExternalSource)[]

/** Stands for what a spec writes into the org from the bytes of a source. */
export function mappingHash(spec: SyncSpec): string {
  const written = without(spec, WITHOUT_EFFECT)
  return createHash('sha256')
    .update(canonicalJson({ ...written, source: without(spec.source, PLACE) }))
    .digest('hex')
}

function without(fields: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))
}

/** The same text for the same values, whatever the order of the keys. */
function canonicalJson(value: object): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

/** What a run does whose source is unchanged since the last one. */
type UnchangedSource = { readonly skipped: SkippedRun } | { readonly warning: string }

/** Applies `source.unchanged` when another run of the sync has loaded the same source last. @param syncStore the store of the sync */
export async function againstLast(
  syncStore: RunStore,
  { runId, ...seen }: { readonly runId: string } & Omit<SeenSource, 'source'>,
): Promise<UnchangedSource | Record<string, never>> {
  const { source } = seen.spec
  if ('inline' in source || earlierRunOf(source) !== undefined) return {}
  const last = await readLastSource(syncStore)
  if (last === undefined || last.runId === runId) return {}
  return againstLastSource(last, { ...seen, source }) ?? {}
}

type SeenSource = {
  readonly sync: string
  readonly hash: string
  readonly spec: SyncSpec
  readonly source: ExternalSource
}

/**
 * Compares a source with the last one that the sync has loaded; undefined when it is another. By another mapping, the source is
 * loaded in any case.
 * Throws RunRejectedError when it is the same and the sync is to fail then.
 */
function againstLastSource(
  last: LastSource,
  { sync, hash, spec, source: { uri, unchanged } }: SeenSource,
): UnchangedSource | undefined {
  if (last.hash !== hash) return undefined
  const count = last.loaded === undefined ? '' : `, ${last.loaded} of ${last.records} records loaded`
  const fact = `it is byte for byte what the run ${last.runId} has loaded (${shownUri(last.uri)}, ${last.finishedAt} UTC${count})`
  if (last.mapping !== undefined && last.mapping !== mappingHash(spec)) {
    return {
      warning: `The source ${shownUri(uri)} was loaded again, because the sync has changed since: ${fact}, with another mapping or other settings`,
    }
  }
  // The address of a presigned source is not shown, and a sync of a database has one.
  const isNeeded = shownUri(uri) === uri && kindOfSource(uri) !== 'database'
  const where = isNeeded ? `--set source.uri=${uri} ` : ''
  const anyway = `To load it all the same: sflink sync run ${sync} ${where}--set source.unchanged=load`
  switch (unchanged) {
    case 'load':
      return { warning: `The source ${shownUri(uri)} was loaded again: ${fact}` }
    case 'skip':
      return {
        skipped: {
          reason: 'unchanged',
          loadedBy: last.runId,
          message: `The source ${shownUri(uri)} was not loaded again: ${fact}. ${anyway}`,
        },
      }
    case 'fail':
      throw new RunRejectedError(`The source ${shownUri(uri)}`, [
        `${fact}; nothing was sent. Check that the export ran. ${anyway}`,
      ])
  }
}

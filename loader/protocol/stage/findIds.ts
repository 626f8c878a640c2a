import { wireColumns } from '../../plan/syncPlan.ts'
import { chunkResultsHeader, chunkResultsLine } from '../../results/chunkResults.ts'
import { ErrorCounter, rejectionsOf } from '../../results/errorCounts.ts'
import { utcTimestamp } from '../../results/resultsCsv.ts'
import { EMPTY_TALLY } from '../../results/tally.ts'
import type { Dependencies, Step } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { type ChunkAttempt, chunkFiles, keyedChunkFiles } from '../layout.ts'
import { type PlannedRun, pairedLines, readJsonIfThere, readPlan, storedLines, writeJson } from '../runRecords.ts'
import type { FoundIds } from '../staged.ts'
import { ChunkWriter, UNLIMITED } from './chunkWriter.ts'

export type FindIdsInput = Pick<ChunkAttempt, 'runId' | 'chunk'>

/** Finds the records that a chunk updates by their key field, and writes the chunk as it will be sent, with their Ids. */
export async function findIds(
  { connection, runStore }: Pick<Dependencies, 'connection' | 'runStore'>,
  { runId, chunk }: FindIdsInput,
  step: Step,
): Promise<FoundIds> {
  const store = runStore(runId)
  const done = await readJsonIfThere<FoundIds>(store, keyedChunkFiles(chunk).done)
  if (done !== undefined) return done
  const run = await readPlan(store)
  step.heartbeat({ findingIds: chunk })
  const values = await keysOf(store, chunk)
  step.signal.throwIfAborted()
  const ids = await connection(run.spec.connection).findIds({
    object: run.plan.object,
    keyField: run.plan.keyField ?? 'Id',
    values,
    signal: step.signal,
  })
  return writeFound(store, chunk, run, ids)
}

async function keysOf(store: RunStore, chunk: number): Promise<readonly string[]> {
  const keys: string[] = []
  for await (const lines of storedLines(store, keyedChunkFiles(chunk).csv)) {
    for (const [key = ''] of lines) keys.push(key)
  }
  return keys
}

async function writeFound(
  store: RunStore,
  chunk: number,
  run: PlannedRun,
  ids: ReadonlyMap<string, readonly string[]>,
): Promise<FoundIds> {
  const { plan } = run
  const keyed = keyedChunkFiles(chunk)
  const rejected = store.writer(chunkFiles(chunk, 1).rejected)
  const part = { chunk, operation: 'update', attempt: 1, keyed: false } as const
  const headers = { csv: wireColumns(plan, 'update').map(({ name }) => name), rows: ['row', ...plan.identityFields] }
  const found = new ChunkWriter(store, part, headers, UNLIMITED)
  const errors = new ErrorCounter()
  let failed = 0
  try {
    await rejected.write(chunkResultsHeader(plan.identityFields))
    for await (const pairs of pairedLines(store, keyed.rows, keyed.csv)) {
      for (const [[row = '', ...identity], [key = '', , ...cells]] of pairs) {
        const matches = ids.get(key) ?? []
        const [id] = matches
        if (id !== undefined && matches.length === 1) {
          found.add(Number(row), identity, [id, ...cells])
          continue
        }
        failed += 1
        const reason = unusableKey(run.plan.object, run.plan.keyField ?? 'Id', key, matches)
        errors.add({ row: Number(row), ...reason })
        await rejected.write(rejectionLine(Number(row), identity, reason))
      }
      await found.flush()
    }
    await rejected.finish()
    await found.finish()
  } catch (error) {
    await rejected.discard()
    await found.discard()
    throw error
  }
  const tally = { ...EMPTY_TALLY, failed }
  const result: FoundIds = { tally, rejections: rejectionsOf(errors), found: found.staged.records }
  await writeJson(store, keyed.done, result)
  return result
}

function rejectionLine(row: number, identity: readonly string[], reason: ReturnType<typeof unusableKey>): string {
  const timestamp = utcTimestamp(Date.now())
  return chunkResultsLine({ row, operation: 'update', outcome: 'failed', id: '', ...reason, timestamp, identity })
}

/** Ids named in the message of a key that several records have. */
const SHOWN_MATCHES = 5

function unusableKey(object: string, field: string, key: string, matches: readonly string[]) {
  if (matches.length === 0) {
    return { errorCode: 'KEY_NOT_FOUND', errorMessage: `Key field: no ${object} has ${field} ${key}` }
  }
  const more = matches.length > SHOWN_MATCHES ? ' …' : ''
  const shown = `${matches.slice(0, SHOWN_MATCHES).join(', ')}${more}`
  return {
    errorCode: 'KEY_AMBIGUOUS',
    errorMessage: `Key field: ${matches.length} ${object} records have ${field} ${key}: ${shown}`,
  }
}

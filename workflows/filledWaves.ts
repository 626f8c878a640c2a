// The chunks of later waves, which get the Ids of their parents before they are sent.
import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import type { FilledWave, StagedChunk } from '../loader/protocol/staged.ts'
import { EMPTY_TALLY } from '../loader/results/tally.ts'
import type { ErrorCount, Tally } from '../packages/client/contract/runReport.ts'
import { beginStep } from './advance.ts'
import { counted } from './page/markdown.ts'
import { asSummary } from './page/summaries.ts'
import { wavesOf } from './phases.ts'
import { TRANSFER } from './policies.ts'
import type { RunState } from './runState.ts'

const filling = (summary: string) => proxyActivities<Activities>({ ...TRANSFER, summary: asSummary(summary) })

/** A chunk as it is sent, and what is known of its records that are not. */
export type ReadyChunk = {
  readonly chunk: StagedChunk
  readonly tally: Tally
  readonly rejections: readonly ErrorCount[]
}

export class FilledWaves {
  readonly #state: RunState
  readonly #chunks: readonly StagedChunk[]
  readonly #filled = new Map<number, FilledWave>()

  constructor(state: RunState, chunks: readonly StagedChunk[]) {
    this.#state = state
    this.#chunks = chunks
  }

  /** Fills the wave of a phase, once for all of its phases. The waves before are settled. */
  async fill(phase: readonly StagedChunk[]): Promise<void> {
    const wave = phase.find(({ isUnfilled }) => isUnfilled)?.wave
    if (wave === undefined || this.#filled.has(wave)) return
    const records = this.#chunks.reduce((sum, chunk) => (chunk.wave === wave ? sum + chunk.records : sum), 0)
    const place = `wave ${wave + 1} of ${wavesOf(this.#chunks).length}`
    beginStep(this.#state, `finds the parents of ${counted(records, 'record')} among those loaded, ${place}`)
    const filled = await filling(
      `${place}: find the parents of ${counted(records, 'record')} among those loaded`,
    ).fillParents({ runId: this.#state.runId, wave })
    this.#filled.set(wave, filled)
  }

  /** The chunk with the records whose parents were loaded. The rejections of a wave are those of its first chunk. */
  ready(chunk: StagedChunk): ReadyChunk {
    const filled = chunk.wave === undefined ? undefined : this.#filled.get(chunk.wave)
    const found = filled?.chunks.find(one => one.chunk === chunk.chunk)
    if (filled === undefined || found === undefined) return { chunk, tally: EMPTY_TALLY, rejections: [] }
    const isFirst = filled.chunks[0]?.chunk === chunk.chunk
    const tally = { ...EMPTY_TALLY, failed: chunk.records - found.records }
    return { chunk: found, tally, rejections: isFirst ? filled.rejections : [] }
  }
}

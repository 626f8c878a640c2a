import { pipeline } from 'node:stream/promises'
import type { Configuration } from '../../config/configuration.ts'
import { loadConfiguration } from '../../config/environment.ts'
import { PLAN_CSV_FILE, REPORT_FILE, RESULTS_FILE } from '../../loader/protocol/layout.ts'
import type { RunSummary } from '../../loader/runs/runSummary.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import type { RunStore } from '../../loader/storage/runStore.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import { visibleText } from '../../packages/client/contract/visibleText.ts'
import { readRun, storedRunId } from '../allRuns.ts'
import { CommandError } from '../commandError.ts'
import { reportText } from '../report.ts'

/** Lines of results.csv shown, the header included. */
const LINES_SHOWN = 11

/** Reads the run store directly: it keeps results after Temporal's retention. */
export async function syncResults(
  either: string,
  options: { readonly csv?: boolean; readonly config?: string },
): Promise<void> {
  const configuration = await loadConfiguration(options.config, { credentials: 'optional' })
  const stores = openRunStores(configuration.runStore, configuration.baseDirectory)
  const runId = await storedRunId(stores, either)
  const store = stores.open(runId)
  const report = await store.readText(REPORT_FILE)
  if (report === undefined) throw withoutResults(await readRun(stores, runId, new Set()), store.location, configuration)
  if (options.csv) {
    const bytes = await store.read(RESULTS_FILE)
    if (process.stdout.isTTY) await pipeline(bytes.setEncoding('utf8'), shown, process.stdout, { end: false })
    else await pipeline(bytes, process.stdout, { end: false })
    return
  }
  console.log(`${reportText(JSON.parse(report) as RunReport)}\n\n${await firstLines(store)}`)
}

/** A terminal would obey control characters in the values of records; a program reads them as they are. */
async function* shown(texts: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const text of texts) yield visibleText(text)
}

async function firstLines(store: RunStore): Promise<string> {
  const stream = (await store.read(RESULTS_FILE)).setEncoding('utf8')
  let text = ''
  for await (const piece of stream) {
    text += piece
    if (text.split('\n').length > LINES_SHOWN) break
  }
  stream.destroy()
  const lines = text.split('\n')
  const more = lines.length > LINES_SHOWN && lines[LINES_SHOWN] !== ''
  return [...lines.slice(0, LINES_SHOWN), ...(more ? ['…'] : [])].join('\n').trimEnd()
}

function withoutResults(
  { runId, state, note, plans }: RunSummary,
  location: string,
  { file }: Configuration,
): CommandError {
  if (plans) {
    return new CommandError(
      `The run ${runId} is a plan, which sends nothing, so it has no results. See what it would do: ${location}/${PLAN_CSV_FILE}`,
    )
  }
  if (state === 'failed' || state === 'cancelled') {
    const reason = note === undefined ? '' : ` (${note.split('\n')[0]})`
    return new CommandError(
      `The run ${runId} has no results: it ${state === 'failed' ? 'failed' : 'was cancelled'} before its source was read${reason}; nothing was sent. Resume it: sflink sync resume ${runId}`,
    )
  }
  return new CommandError(
    `There are no results of a run ${runId} in ${location}. It may still be running (sflink sync status ${runId}), or its worker uses another run store (runStore in ${file})`,
  )
}

import { stringify } from 'yaml'
import { loadConfiguration } from '../../config/environment.ts'
import { REPORT_FILE, SPEC_FILE } from '../../loader/protocol/layout.ts'
import { removalOf } from '../../loader/runs/removedRuns.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import type { RunStores } from '../../loader/storage/runStore.ts'
import { runNameOf } from '../../packages/client/contract/names.ts'
import type { ErrorCount } from '../../packages/client/contract/runReport.ts'
import { count } from '../../workflows/page/markdown.ts'
import { type ListedRun, readRun, sizedFiles, withWorking, workingRuns } from '../allRuns.ts'
import { columns } from '../columns.ts'
import { CommandError } from '../commandError.ts'
import { nextSteps, storedFilesText } from '../nextSteps.ts'
import { frequentErrors } from '../report.ts'
import { temporalKnows } from '../temporalKnows.ts'

type ShowOptions = { readonly json?: boolean; readonly config?: string }

/** Tells all about one run, also of one that never came to a report, and long after Temporal has forgotten it. */
export async function runsShow(either: string, options: ShowOptions): Promise<void> {
  const configuration = await loadConfiguration(options.config, { credentials: 'optional' })
  const stores = openRunStores(configuration.runStore, configuration.baseDirectory)
  const { runId } = runNameOf(either)
  const store = stores.open(runId)
  const files = await sizedFiles(store)
  const removal = await removalOf(stores, runId)
  if (files.length === 0) throw notThere(runId, stores.location, removal)
  const summary = await readRun(stores, runId, new Set(removal === undefined ? [] : [runId]))
  const [run = summary] = withWorking([summary], await workingRuns(options.config))
  const temporal = await temporalKnows(run.workflowIds, {
    config: options.config,
    temporalUi: configuration.notifications(undefined)?.temporalUi,
  })
  const spec = await documentOf(stores, runId, SPEC_FILE)
  const errors = errorsIn(await documentOf(stores, runId, REPORT_FILE))
  const mending = nextSteps(run, store.location, files, configuration)
  if (options.json) {
    console.log(
      JSON.stringify({ ...run, spec, errors, location: store.location, files, mending, temporal }, undefined, 2),
    )
    return
  }
  const parts = [facts(run, temporal), counts(run), frequentErrors({ errors })]
  const more = [storedFilesText(store.location, files), mending.join('\n'), specText(spec)]
  console.log([...parts, ...more].filter(part => part !== '').join('\n\n'))
}

function notThere(runId: string, location: string, removal: unknown): CommandError {
  if (removal === undefined) {
    return new CommandError(`There is no run ${runId} in ${location}. See what is there: sflink runs list`)
  }
  const { removedAt, run } = (removal ?? {}) as { readonly removedAt?: string; readonly run?: ListedRun }
  const when = removedAt === undefined ? '' : ` on ${removedAt.replace('T', ' ')} UTC`
  return new CommandError(
    `The files of run ${runId} in ${location} were removed${when}, because their retention (in sflink.yaml) had passed${endOf(run)}`,
  )
}

function endOf(run: ListedRun | undefined): string {
  if (run?.tally === undefined) return ''
  const { created, updated, failed, inDoubt } = run.tally
  return `. It ended as ${run.state}: ${count(created)} created, ${count(updated)} updated, ${count(failed)} failed, ${count(inDoubt)} in doubt`
}

function facts(run: ListedRun, temporal: string): string {
  const optional = [
    ['Sync', run.sync],
    ['Connection', run.connection],
    ['Object', run.object],
    ['Started', run.startedAt && `${run.startedAt.replace('T', ' ')} UTC`],
    ['Ended', run.finishedAt && `${run.finishedAt.replace('T', ' ')} UTC`],
    ['Outcome', run.state],
    ['Why', run.note],
    ['Temporal', temporal],
  ]
  return columns([['Run', run.runId], ...optional.map(([name = '', value = '']) => [name, value])].filter(hasValue))
}

const hasValue = ([, value]: readonly string[]): boolean => value !== ''

function counts({ records, tally }: ListedRun): string {
  if (records === undefined || tally === undefined) return ''
  const rows = [
    ['Records', records],
    ['Created', tally.created],
    ['Updated', tally.updated],
    ['Failed', tally.failed],
    ['In doubt', tally.inDoubt],
  ] as const
  return columns(
    rows.map(([name, value]) => [name, count(value)]),
    { align: ['left', 'right'] },
  )
}

/** undefined when there is none, or it is damaged: the state tells that. */
async function documentOf(stores: RunStores, runId: string, path: string): Promise<unknown> {
  try {
    return JSON.parse((await stores.open(runId).readText(path)) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

function errorsIn(report: unknown): readonly ErrorCount[] {
  const { errors } = (report ?? {}) as { readonly errors?: unknown }
  return Array.isArray(errors) ? errors : []
}

function specText(spec: unknown): string {
  if (typeof spec !== 'object' || spec === null) return ''
  const { source } = spec as { readonly source?: object }
  const shown = source && 'inline' in source ? { inline: 'records in the input of the workflow' } : source
  return `Spec\n${stringify({ ...spec, source: shown }, { indent: 2 })
    .trimEnd()
    .replaceAll(/^/gm, '  ')}`
}

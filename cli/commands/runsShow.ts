import { relative } from 'node:path'
import { WorkflowNotFoundError } from '@temporalio/client'
import { stringify } from 'yaml'
import type { Configuration } from '../../config/configuration.ts'
import { loadConfiguration } from '../../config/environment.ts'
import {
  EARLIER_FILES,
  IN_DOUBT_FILE,
  PLAN_CSV_FILE,
  PLAN_REPORT_FILE,
  REJECTED_FILE,
  REPORT_FILE,
  RESULTS_FILE,
  SPEC_FILE,
  STAGED_FILE,
} from '../../loader/protocol/layout.ts'
import { removalOf } from '../../loader/runs/removedRuns.ts'
import { earlierKey } from '../../loader/spec/earlierRun.ts'
import { parseSyncSpec, writtenSpec } from '../../loader/spec/parseSyncSpec.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import type { RunStores } from '../../loader/storage/runStore.ts'
import { shownUri } from '../../loader/storage/uris.ts'
import { LinkError } from '../../packages/client/contract/linkError.ts'
import { flowRunNameOf } from '../../packages/client/contract/names.ts'
import { RUN_OUTCOMES } from '../../packages/client/contract/operations.ts'
import type { ErrorCount } from '../../packages/client/contract/runReport.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { SourceSpec } from '../../packages/client/contract/sourceSpec.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { count, counted } from '../../workflows/page/markdown.ts'
import { nextStepLine, nextSteps } from '../../workflows/page/nextSteps.ts'
import { shownOutcomes } from '../../workflows/page/outcomes.ts'
import {
  type ListedRun,
  readRun,
  type SizedFile,
  sizedFiles,
  storedRunId,
  withWorking,
  workingRuns,
} from '../allRuns.ts'
import { columns, fileSize, printJson } from '../columns.ts'
import { CommandError } from '../commandError.ts'
import type { SharedOptions } from '../optionValues.ts'
import { verdictTable } from '../planText.ts'
import { counts, frequentErrors } from '../report.ts'
import { withTemporal } from '../temporal.ts'
import { pageOfRun } from '../temporalPages.ts'
import { outcomeText } from './runsList.ts'

/** Shows everything about one run, also without a report, and long after Temporal has deleted it. */
export async function runsShow(either: string, options: SharedOptions): Promise<void> {
  const configuration = await loadConfiguration(options.config, { credentials: 'optional' })
  const stores = openRunStores(configuration.runStore, configuration.baseDirectory)
  const runId = await storedRunId(stores, either)
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
  const spec = withShownSource(await documentOf(stores, runId, SPEC_FILE))
  const errors = errorsIn(await documentOf(stores, runId, summary.plans ? PLAN_REPORT_FILE : REPORT_FILE))
  const earlier = await earlierFacts(stores, runId)
  const steps = stepLines(run, store.location, files, { configuration, earlier, spec })
  if (options.json)
    return printJson({ ...run, ...earlier, spec, errors, location: store.location, files, nextSteps: steps, temporal })
  const parts = [facts(run, earlier, temporal), tallied(run), frequentErrors({ errors })]
  const more = [storedFilesText(store.location, files), steps.join('\n'), specText(spec)]
  console.log([...parts, ...more].filter(part => part !== '').join('\n\n'))
}

function tallied({ records, tally, verdicts }: ListedRun): string {
  if (records === undefined) return ''
  if (verdicts !== undefined) return verdictTable({ records, verdicts })
  return tally === undefined ? '' : counts({ records, tally })
}

function notThere(runId: string, location: string, removal: unknown): CommandError {
  if (removal === undefined) {
    return new CommandError(`There is no run ${runId} in ${location}. List the runs: sflink runs list`)
  }
  const { removedAt, run } = (removal ?? {}) as { readonly removedAt?: string; readonly run?: ListedRun }
  const when = removedAt === undefined ? '' : ` on ${removedAt.replace('T', ' ')} UTC`
  return new CommandError(`The files of run ${runId} in ${location} were removed${when}${endOf(run)}`)
}

function endOf(run: ListedRun | undefined): string {
  if (run?.tally === undefined) return ''
  const { state, tally } = run
  const counted = shownOutcomes(tally).map(([label, key]) => `${count(tally[key])} ${label.toLowerCase()}`)
  return `. It ended as ${state}: ${counted.join(', ')}`
}

type EarlierFacts = {
  readonly retryOf?: string
  readonly undoOf?: string
  readonly retriedBy?: string
  readonly undoneBy?: string
}

/** The runs that a run continues from, and those that continue from it. */
async function earlierFacts(stores: RunStores, runId: string): Promise<EarlierFacts> {
  const { source } = ((await documentOf(stores, runId, SPEC_FILE)) ?? {}) as { readonly source?: SourceSpec }
  const by = async (path: string) =>
    ((await documentOf(stores, runId, path)) as { readonly runId?: string } | undefined)?.runId
  const [retriedBy, undoneBy] = [await by(EARLIER_FILES.retry), await by(EARLIER_FILES.undo)]
  return { ...(source === undefined ? {} : earlierKey(source)), ...present({ retriedBy, undoneBy }) }
}

function facts(run: ListedRun, earlier: EarlierFacts, temporal: string): string {
  const optional = [
    ['Sync', run.sync],
    ['Connection', run.connection],
    ['Object', run.object],
    ['Started', run.startedAt && `${run.startedAt.replace('T', ' ')} UTC`],
    ['Ended', run.finishedAt && `${run.finishedAt.replace('T', ' ')} UTC`],
    ['Outcome', outcomeText(run)],
    ['Retry of', earlier.retryOf],
    ['Undo of', earlier.undoOf],
    ['Retried by', earlier.retriedBy],
    ['Undone by', earlier.undoneBy],
    ['Why', run.note],
    ['Temporal', temporal],
  ]
  return columns([['Run', run.runId], ...optional.map(([name = '', value = '']) => [name, value])].filter(hasValue))
}

const hasValue = ([, value]: readonly string[]): boolean => value !== ''

/** undefined when it does not exist or is damaged; the state shows that. */
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

/** The signature of a presigned address is a secret. */
function withShownSource(spec: unknown): unknown {
  const { source } = (spec ?? {}) as { readonly source?: { readonly uri?: unknown } }
  if (typeof source?.uri !== 'string') return spec
  return { ...(spec as object), source: { ...source, uri: shownUri(source.uri) } }
}

function specText(spec: unknown): string {
  if (typeof spec !== 'object' || spec === null) return ''
  const parsed = parseSyncSpec(spec)
  // As in sflink.yaml, where durations have a unit.
  const written: object = parsed.ok ? writtenSpec(parsed.spec) : spec
  const { source } = written as { readonly source?: object }
  const shown = source && 'inline' in source ? { inline: 'records in the input of the workflow' } : source
  return `Spec\n${stringify({ ...written, source: shown }, { indent: 2 })
    .trimEnd()
    .replaceAll(/^/gm, '  ')}`
}

/** One line, also when Temporal can't be reached. */
async function temporalKnows(
  workflowIds: readonly string[],
  { config, temporalUi }: { readonly config?: string | undefined; readonly temporalUi?: string | undefined },
): Promise<string> {
  const [workflowId] = workflowIds.slice(-1)
  if (workflowId === undefined) return 'its workflow is not known'
  try {
    return await withTemporal(async ({ client, namespace, address }) => {
      try {
        const { status, runId } = await client.workflow.getHandle(workflowId).describe()
        return `${status.name} in Temporal: ${pageOfRun({ address, namespace, workflowId, runId, temporalUi })}`
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error
        return `Temporal at ${address}, namespace ${namespace}, has no workflow ${workflowId} any more: its retention has passed`
      }
    }, config)
  } catch (error) {
    if (!(error instanceof LinkError)) throw error
    return error.message
  }
}

/** One line for each thing to do; empty when every record was loaded. */
function stepLines(
  run: ListedRun,
  location: string,
  files: readonly SizedFile[],
  {
    configuration: { baseDirectory, dataDirectories, flows },
    earlier,
    spec,
  }: { readonly configuration: Configuration; readonly earlier: EarlierFacts; readonly spec: unknown },
): readonly string[] {
  const { runId, sync, state, tally, plans, verdicts } = run
  const outcome =
    state === 'unfinished' ? 'cancelled' : [...RUN_OUTCOMES, 'planned' as const].find(one => one === state)
  if (outcome === undefined) return []
  const has = (name: string) => files.some(({ path }) => path === name)
  const [folder = baseDirectory] = dataDirectories
  const uri = `file:${relative(baseDirectory, folder)}/corrected.csv`
  const { parentRuns } = (spec ?? {}) as Pick<SyncSpec, 'parentRuns'>
  const steps = nextSteps({
    ...{ runId, sync, outcome, tally, verdicts, isPrepared: has(SPEC_FILE), isStaged: has(STAGED_FILE) },
    ...(plans && { plans }),
    undoes: earlier.undoOf !== undefined,
    isRetried: earlier.retriedBy !== undefined,
    flow: flowOf(runId, flows),
    parentRuns,
    files: {
      rejected: `${location}/${REJECTED_FILE}`,
      inDoubt: `${location}/${IN_DOUBT_FILE}`,
      corrected: { path: `${folder}/corrected.csv`, uri },
    },
  })
  return steps.map(nextStepLine)
}

/** The run of the flow that a run is a part of: `accounts.campaign.2026-11-25` is one of `campaign.2026-11-25`. */
function flowOf(runId: string, flows: Configuration['flows']): string | undefined {
  const named = flowRunNameOf(runId.slice(runId.indexOf('.') + 1))
  return named !== undefined && flows.has(named.flow) ? named.runId : undefined
}

/** Files that a person opens, the most useful first. */
const NAMED = [PLAN_CSV_FILE, PLAN_REPORT_FILE, RESULTS_FILE, REJECTED_FILE, IN_DOUBT_FILE, REPORT_FILE, SPEC_FILE]

/** The files that a person opens one by one; the run's working files in one line. */
function storedFilesText(location: string, files: readonly SizedFile[]): string {
  const named = NAMED.flatMap(name => files.filter(({ path }) => path === name))
  const others = files.filter(({ path }) => !NAMED.includes(path))
  const rows = named.map(({ path, bytes }) => [`${location}/${path}`, fileSize(bytes)])
  if (others.length > 0) {
    rows.push([counted(others.length, 'working file'), fileSize(others.reduce((sum, { bytes }) => sum + bytes, 0))])
  }
  return columns(rows, { align: ['left', 'right'] })
}

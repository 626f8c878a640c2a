// A run of a flow as the terminal shows it: how far it is, its report, its plan.
import { pendingChanges } from '../../packages/client/contract/planRecords.ts'
import type { FlowPlan, FlowProgress, FlowReport } from '../../packages/client/contract/runFlow.ts'
import { VERDICTS } from '../../packages/client/contract/verdicts.ts'
import { visibleText } from '../../packages/client/contract/visibleText.ts'
import { count, plain } from '../../workflows/page/markdown.ts'
import { loadedWords, shownOutcomes } from '../../workflows/page/outcomes.ts'
import { VERDICT_WORDS } from '../../workflows/page/planDetails.ts'
import { asDetails, asSummary } from '../../workflows/page/summaries.ts'
import { columns } from '../columns.ts'
import { planExitCode } from '../planText.ts'
import { exitCodeOf, frequentErrors } from '../report.ts'

/** `flow campaign: accounts, contacts` */
export const flowSummary = (flow: string, syncs: readonly string[]): string =>
  asSummary(`flow ${flow}: ${syncs.join(', ')}`)

/** @param startedBy a sentence such as "Started by `sflink flow run campaign`." */
export const flowStartDetails = (syncs: readonly string[], startedBy: string): string =>
  asDetails([`${startedBy} Syncs in order: ${plain(syncs.join(', '))}`])

type SyncProgress = FlowProgress['syncs'][number]

/** `contacts: completed with rejected, 4 records: 2 created, 2 failed` */
export function endedLine({ sync, state, records, tally }: SyncProgress): string {
  const outcomes = tally === undefined ? [] : shownOutcomes(tally).filter(([, key]) => tally[key] > 0)
  const counted = outcomes.map(([label, key]) => `${count(tally?.[key] ?? 0)} ${label.toLowerCase()}`)
  const counts = counted.length === 0 ? '' : `: ${counted.join(', ')}`
  const of = records === undefined ? '' : `, ${count(records)} record${records === 1 ? '' : 's'}${counts}`
  return `${sync}: ${state.replaceAll('_', ' ')}${of}`
}

/** The syncs with their runs, as a table. */
export function progressTable({ syncs }: FlowProgress): string {
  const rows = syncs.map(({ sync, runId, state, records }) => [
    ...[sync, runId, state.replaceAll('_', ' '), records === undefined ? '' : count(records)],
  ])
  return columns(rows, { head: ['SYNC', 'RUN', 'STATE', 'RECORDS'], align: ['left', 'left', 'left', 'right'] })
}

/** Prints the report to standard output and sets the exit code. @param next what a person can do next */
export function printFlowReport(report: FlowReport, json: boolean, next: readonly string[]): void {
  if (!json) {
    for (const { sync, report: own } of report.syncs)
      for (const warning of own.warnings) console.error(`${sync}: ${warning}`)
  }
  console.log(json ? JSON.stringify(report, undefined, 2) : `\n${[flowReportText(report), ...next].join('\n\n')}`)
  process.exitCode = exitCodeOf(report)
}

function flowReportText(report: FlowReport): string {
  const outcomes = shownOutcomes(...report.syncs.map(({ report: { tally } }) => tally))
  const rows = report.syncs.map(({ sync, report: { runId, outcome, records, tally } }) => [
    ...[sync, runId, outcome.replaceAll('_', ' '), count(records)],
    ...outcomes.map(([, key]) => count(tally[key])),
  ])
  const head = ['SYNC', 'RUN', 'OUTCOME', 'RECORDS', ...outcomes.map(([label]) => label.toUpperCase())]
  const errors = report.syncs.filter(({ report: own }) => own.errors.length > 0)
  const undo = report.undoOf === undefined ? '' : ` This is the undo of run ${report.undoOf}.`
  return [
    `${headline(report)}${undo}`,
    columns(rows, {
      ...{
        head,
        align: ['left', 'left', 'left', ...Array<'right'>(head.length - 3).fill('right')],
        drop: ['RUN', 'OUTCOME'],
      },
    }),
    ...errors.map(({ sync, report: own }) => `${sync}\n${frequentErrors(own)}`),
  ].join('\n\n')
}

function headline({ outcome, tally }: FlowReport): string {
  if (outcome === 'skipped') return 'Nothing was loaded.'
  if (outcome === 'completed') return `Every record was ${loadedWords(tally)}.`
  return 'Every record has its result; some were rejected.'
}

/** Prints the plan to standard output and sets the exit code. */
export function printFlowPlan(plan: FlowPlan, json: boolean): void {
  console.log(json ? JSON.stringify(plan, undefined, 2) : `\n${visibleText(flowPlanText(plan))}`)
  process.exitCode = planExitCode(plan)
}

function flowPlanText(plan: FlowPlan): string {
  const pending = pendingChanges(plan.verdicts)
  const rows = plan.syncs.map(({ sync, report: { records, verdicts } }) => [
    ...[sync, count(records), ...VERDICTS.map(verdict => count(verdicts[verdict]))],
  ])
  const head = ['SYNC', 'RECORDS', ...VERDICTS.map(verdict => VERDICT_WORDS[verdict].toUpperCase())]
  const files = plan.syncs.flatMap(({ sync, report: { files: own } }) =>
    own.plan === undefined ? [] : [[sync, own.plan]],
  )
  const undo = plan.undoOf === undefined ? `sflink flow run ${plan.flow}` : `sflink flow undo ${plan.undoOf}`
  return [
    pending === 0
      ? 'There is nothing to do. Nothing was sent.'
      : `${count(pending)} ${pending === 1 ? 'record is' : 'records are'} to be changed in the org. Nothing was sent.`,
    columns(rows, { head, align: ['left', ...Array<'right'>(head.length - 1).fill('right')] }),
    ...plan.syncs
      .filter(({ report: own }) => own.errors.length > 0)
      .map(({ sync, report: own }) => `${sync}\n${frequentErrors(own)}`),
    ...(files.length === 0 ? [] : [columns(files)]),
    ...(pending === 0
      ? []
      : [`Next: a plan of a flow is for reading, because parents have no Ids yet; run it: ${undo}`]),
  ].join('\n\n')
}

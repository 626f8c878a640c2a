// The end of a run: the outcome of its records, and the files with it.
import type { RunReport } from '../packages/client/contract/runReport.ts'
import { count } from '../workflows/page/markdown.ts'
import { loadedWords, shownOutcomes } from '../workflows/page/outcomes.ts'
import { columns, terminalWidth, wrapped } from './columns.ts'
import { EXIT, type ExitCode } from './commandError.ts'

/** Kinds of errors in the table; the line after it names the others. */
const ERRORS_SHOWN = 12
/** Characters of an example message: it ends with what to do. */
const MESSAGE_SHOWN = 1_000

/** Prints the report to standard output and sets the exit code. */
export function printReport(report: RunReport, json: boolean): void {
  if (!json) for (const warning of report.warnings) console.error(warning)
  console.log(json ? JSON.stringify(report, undefined, 2) : `\n${reportText(report)}`)
  process.exitCode = exitCodeOf(report)
}

export function exitCodeOf({ outcome }: Pick<RunReport, 'outcome'>): ExitCode {
  switch (outcome) {
    case 'completed':
    case 'skipped':
      return EXIT.well
    case 'completed_with_rejected':
      return EXIT.rejectedRecords
    case 'cancelled':
    case 'failed':
      return EXIT.runFailed
  }
}

export function reportText(report: RunReport): string {
  const outcome = report.skipped?.message ?? headline(report)
  const retry = report.retryOf === undefined ? '' : ` These are the failed records of run ${report.retryOf}.`
  const undo = report.undoOf === undefined ? '' : ` This is the undo of run ${report.undoOf}.`
  return [`${outcome}${retry}${undo}`, counts(report), frequentErrors(report), files(report)]
    .filter(part => part !== '')
    .join('\n\n')
}

function headline({ outcome, tally }: RunReport): string {
  switch (outcome) {
    case 'completed':
      return `Every record was ${loadedWords(tally)}.`
    case 'completed_with_rejected':
      return 'Every record has its result; some were rejected.'
    case 'skipped':
      return 'Nothing was loaded.'
    case 'cancelled':
      return 'The run was cancelled before every record was sent.'
    case 'failed':
      return 'The run failed before every record was sent.'
  }
}

/** The records of a run by outcome, as a table. */
export function counts({ records, tally }: Pick<RunReport, 'records' | 'tally'>): string {
  const rows = [['Records', count(records)], ...shownOutcomes(tally).map(([label, key]) => [label, count(tally[key])])]
  return columns(rows, { align: ['left', 'right'] })
}

/** A table, the most frequent first; empty without errors. */
export function frequentErrors({ errors }: Pick<RunReport, 'errors'>): string {
  if (errors.length === 0) return ''
  const rows = errors.slice(0, ERRORS_SHOWN).map(({ errorCode, count: times, exampleRow, exampleMessage }) => {
    const line = exampleMessage.replaceAll(/\s+/g, ' ')
    const message = line.length > MESSAGE_SHOWN ? `${line.slice(0, MESSAGE_SHOWN)}…` : line
    return [count(times), errorCode, `row ${exampleRow}`, message]
  })
  const others = errors.slice(ERRORS_SHOWN).map(({ errorCode, count: times }) => `${errorCode} (${count(times)})`)
  const more = others.length === 0 ? '' : `\n${wrapped(`… and ${others.join(', ')}`, terminalWidth()).join('\n')}`
  const head = ['TIMES', 'ERROR', 'EXAMPLE', 'MESSAGE']
  return columns(rows, { head, align: ['right', 'left', 'left', 'left'] }) + more
}

function files({ files: { results, rejected, inDoubt, report } }: RunReport): string {
  return columns([
    ['Results', results],
    ...(rejected === undefined ? [] : [['Rejected', rejected]]),
    ...(inDoubt === undefined ? [] : [['In doubt', inDoubt]]),
    ['Report', report],
  ])
}

// A plan as the terminal shows it, like that of Terraform: the counts, the fields that change, the first changes, and what to do next.
import { styleText } from 'node:util'
import { type PlannedChange, type PlanReport, pendingChanges } from '../packages/client/contract/planRecords.ts'
import { VERDICTS, type Verdict } from '../packages/client/contract/verdicts.ts'
import { visibleText } from '../packages/client/contract/visibleText.ts'
import { count } from '../workflows/page/markdown.ts'
import { nextStepLine, nextSteps } from '../workflows/page/nextSteps.ts'
import { VERDICT_WORDS } from '../workflows/page/planDetails.ts'
import { columns } from './columns.ts'
import { EXIT, type ExitCode } from './commandError.ts'
import { frequentErrors } from './report.ts'

type Paint = (verdict: Verdict, text: string) => string

const unpainted: Paint = (_, text) => text

const COLOURS: Readonly<Record<Verdict, 'green' | 'yellow' | 'red' | 'gray' | 'magenta'>> = {
  create: 'green',
  update: 'yellow',
  unchanged: 'gray',
  delete: 'red',
  ambiguous: 'magenta',
  rejected: 'magenta',
}

/** As `terraform plan` marks them. */
const SIGNS: Readonly<Record<PlannedChange['verdict'], string>> = { create: '+', update: '~', delete: '-' }

/** Fields in the table; plan.report.json has all of them. */
const FIELDS_SHOWN = 20
/** Characters of a value shown; plan.csv has all of them. */
const VALUE_SHOWN = 60

/** Prints the plan to standard output, in colours if that is a terminal, and sets the exit code. */
export function printPlan(report: PlanReport, json: boolean): void {
  if (json) console.log(JSON.stringify(report, undefined, 2))
  else {
    for (const warning of report.warnings) console.error(warning)
    // The console would show the codes of colours as text.
    process.stdout.write(`\n${planText(report, painted)}\n`)
  }
  process.exitCode = planExitCode(report)
}

/** Without colours in a file, in a pipe, and if NO_COLOR is set. */
const painted: Paint = (verdict, text) => styleText(COLOURS[verdict], text, { stream: process.stdout })

/** Changes pending come before rejected records: a program applies the plan, and the report of the run has the rejected ones. */
export function planExitCode({ verdicts }: Pick<PlanReport, 'verdicts'>): ExitCode {
  if (pendingChanges(verdicts) > 0) return EXIT.changesPending
  return verdicts.rejected + verdicts.ambiguous > 0 ? EXIT.rejectedRecords : EXIT.well
}

/** @param paint colours a text by a verdict. Texts of files and orgs are shown by `visibleText` before they are coloured */
export function planText(report: PlanReport, paint = unpainted): string {
  const parts = [headline(report), verdictTable(report, paint), fieldTable(report), changes(report, paint)]
  const more = [visibleText(frequentErrors(report)), visibleText(files(report)), visibleText(nextLines(report))]
  return [...parts, ...more].filter(part => part !== '').join('\n\n')
}

function headline({ skipped, verdicts }: PlanReport): string {
  if (skipped !== undefined) return visibleText(skipped.message)
  const pending = pendingChanges(verdicts)
  if (pending === 0) return 'There is nothing to do. Nothing was sent.'
  return `${count(pending)} ${pending === 1 ? 'record is' : 'records are'} to be changed in the org. Nothing was sent.`
}

/** The records by verdict, as a table. */
export function verdictTable(
  { records, verdicts }: Pick<PlanReport, 'records' | 'verdicts'>,
  paint = unpainted,
): string {
  if (records === 0) return ''
  const rows = VERDICTS.map(verdict => [VERDICT_WORDS[verdict], count(verdicts[verdict])])
  const [head = '', ...lines] = columns([['Records', count(records)], ...rows], { align: ['left', 'right'] }).split(
    '\n',
  )
  const isNone = (verdict: Verdict) => verdicts[verdict] === 0
  return [
    head,
    ...VERDICTS.map((verdict, index) => (isNone(verdict) ? lines[index] : paint(verdict, lines[index] ?? ''))),
  ].join('\n')
}

function fieldTable({ changedFields }: PlanReport): string {
  if (changedFields.length === 0) return ''
  const rows = changedFields.slice(0, FIELDS_SHOWN).map(({ field, records }) => [count(records), field])
  const left = changedFields.length - FIELDS_SHOWN
  const table = columns(rows, { head: ['RECORDS', 'FIELD THAT CHANGES'], align: ['right', 'left'] })
  return visibleText(left > 0 ? `${table}\n… and ${count(left)} more fields` : table)
}

function changes({ changes: shown = [], verdicts, files: { plan } }: PlanReport, paint: Paint): string {
  const left = pendingChanges(verdicts) - shown.length
  const more = left > 0 && shown.length > 0 ? [`… and ${count(left)} more in ${plan}`] : []
  return [...shown.map(change => changeText(change, paint)), ...more.map(visibleText)].join('\n')
}

/** `~ row 2  003…  bo@example.com`, then a line for each field. */
function changeText({ row, verdict, id, identity, fields }: PlannedChange, paint: Paint): string {
  const about = [id, ...identity.map(shownValue)].filter(text => text !== '').join('  ')
  const lines = fields.map(field => `    ${field.field}: ${valuesText(verdict, field)}`)
  const text = [`${SIGNS[verdict]} row ${row}${about === '' ? '' : `  ${about}`}`, ...lines]
  return text.map(line => paint(verdict, visibleText(line))).join('\n')
}

function valuesText(verdict: PlannedChange['verdict'], field: PlannedChange['fields'][number]): string {
  const [held, sent] = [quotedBlank(field.old), quotedBlank(field.new)]
  if (verdict === 'create') return sent
  return verdict === 'delete' ? held : `${held} -> ${sent}`
}

const quotedBlank = (value = ''): string => (value === '' ? '""' : shownValue(value))

function shownValue(value: string): string {
  const line = value.replaceAll(/\s*\n\s*/g, ' ')
  return line.length > VALUE_SHOWN ? `${line.slice(0, VALUE_SHOWN)}…` : line
}

function files({ files: { plan, report } }: PlanReport): string {
  return columns([...(plan === undefined ? [] : [['Plan', plan]]), ['Report', report]])
}

function nextLines({ runId, outcome, verdicts }: PlanReport): string {
  const known = { isPrepared: true, isStaged: true, plans: true }
  return nextSteps({ runId, outcome, verdicts, ...known })
    .map(nextStepLine)
    .join('\n')
}

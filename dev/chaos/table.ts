// The table of a storm: counts of what happened, and of what went wrong, for the product and for jsforce.
import { FAULT_KINDS } from './faults.ts'
import { KILL_KINDS, killsIn, STOP_KINDS } from './kills.ts'
import { SHAPES } from './shapes.ts'
import type { Storm } from './storm.ts'
import type { Problem, Verdict } from './verdict.ts'

/** Label, and the figures of the product and of jsforce; `–` where a figure has no meaning. */
export type Line = readonly [label: string, ours: string, jsforce: string]

const count = (number: number): string => number.toLocaleString('en-US')

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

/** What must be 0 for the product. */
export function failuresOf(storm: Storm) {
  const verdicts = verdictsOf(storm)
  return {
    twice: problems(verdicts, 'twice') + storm.late,
    lost: problems(verdicts, 'lost'),
    misattributed: problems(verdicts, 'misattributed'),
    decidable: problems(verdicts, 'decidable'),
    hung: storm.loads.filter(({ verdict }) => verdict === undefined).length,
    crashed: storm.crashes.length,
  }
}

export const isClean = (storm: Storm): boolean => Object.values(failuresOf(storm)).every(number => number === 0)

export function linesOf(storm: Storm): readonly Line[] {
  const { loads, jsforce, toll, hits } = storm
  const failures = failuresOf(storm)
  const ours = verdictsOf(storm)
  const line = (label: string, number: number, theirs?: number): Line => [
    label,
    count(number),
    theirs === undefined ? '–' : count(theirs),
  ]
  return [
    line('loads', loads.length, jsforce.loads),
    line('runs undone', loads.filter(({ undone }) => undone !== undefined).length),
    line('loads with the run store on S3', loads.filter(({ plan }) => plan.store === 'S3').length),
    line('loads from JSON, Excel or SQL', loads.filter(({ plan }) => plan.form !== 'csv').length),
    line('runs', sum(loads.map(({ runs }) => runs.length))),
    line('records', sum(loads.map(({ plan }) => plan.records * plan.runs)), jsforce.records),
    line('kills', killsIn(toll), jsforce.kills),
    ...KILL_KINDS.map(kind => line(`  ${kind}`, toll.get(kind) ?? 0)),
    ...STOP_KINDS.map(kind => line(kind, toll.get(kind) ?? 0)),
    line('steps that were running in a killed worker', storm.struck.length),
    line('steps that another worker took over', sum([...stepsTakenOver(storm).values()])),
    line('faults of the org', sum([...hits.values()])),
    ...[...FAULT_KINDS, 'job aborted or deleted' as const].map(kind => line(`  ${kind}`, hits.get(kind) ?? 0)),
    line('runs that ended early and were resumed', sum(loads.map(({ earlyEnds }) => earlyEnds.length))),
    line('rejected', sum(ours.map(({ rejected }) => rejected)), sum(jsforce.verdicts.map(({ rejected }) => rejected))),
    line('twice', failures.twice, problems(jsforce.verdicts, 'twice')),
    line('lost', failures.lost, problems(jsforce.verdicts, 'lost')),
    line('misattributed', failures.misattributed, problems(jsforce.verdicts, 'misattributed')),
    line('in doubt', sum(ours.map(({ inDoubt }) => inDoubt))),
    line('  of these decidable', failures.decidable),
    line('hung', failures.hung),
    line('workers that crashed', failures.crashed),
  ]
}

const verdictsOf = ({ loads }: Storm): readonly Verdict[] =>
  loads.flatMap(({ verdict, undone }) => [verdict, undone].filter(one => one !== undefined))

const problems = (verdicts: readonly Verdict[], problem: Problem): number =>
  sum(verdicts.map(verdict => verdict.problems[problem].length))

/** By the name of the step. */
function stepsTakenOver({ loads }: Pick<Storm, 'loads'>): ReadonlyMap<string, number> {
  const steps = new Map<string, number>()
  for (const { takenOver } of loads) for (const step of takenOver) steps.set(step, (steps.get(step) ?? 0) + 1)
  return steps
}

function loadsByForm({ loads }: Pick<Storm, 'loads'>): string {
  const counts = SHAPES.map(shape => [shape, loads.filter(({ plan }) => plan.shape === shape).length] as const)
  return counts.flatMap(([shape, number]) => (number === 0 ? [] : [`${shape} ${number}`])).join(', ')
}

/** The same as Markdown, for bench/RESULTS.md. */
export function markdownOf(
  storm: Storm,
  { command, machine }: { readonly command: string; readonly machine: string },
): string {
  const { seed, seconds } = storm
  const steps = [...stepsTakenOver(storm)].toSorted(([, one], [, other]) => other - one)
  return [
    machine,
    '',
    `\`${command}\`: seed ${seed}, ${(seconds / 60).toFixed(1)} minutes.`,
    '',
    '| | Salesforce Link | jsforce in a retry loop (creates) |',
    '| --- | ---: | ---: |',
    ...linesOf(storm).map(([label, ours, jsforce]) => `| ${label.replace(/^ {2}/, '&emsp;')} | ${ours} | ${jsforce} |`),
    '',
    `Loads by form: ${loadsByForm(storm)}.`,
    '',
    `Steps that another worker took over, because a kill or a stop had hit them: ${steps.map(([step, hits]) => `${step} ${hits}`).join(', ')}.`,
  ].join('\n')
}

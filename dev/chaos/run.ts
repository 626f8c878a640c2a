// `npm run chaos`: loads while workers, Temporal and commands are killed and the org has faults. Counts what was written twice,
// lost, or reported for another row, and the same for jsforce. `--seed` repeats what is loaded, killed and faulty, not the moments.
import { rm } from 'node:fs/promises'
import Table from 'cli-table3'
import { exitAfter, Processes, untilSignal } from '../processes/processes.ts'
import { describeMachine, writeSection } from '../resultsFile.ts'
import type { EndedLoad } from './load.ts'
import { chaosOptions } from './options.ts'
import { raiseStorm } from './storm.ts'
import { isClean, linesOf, markdownOf } from './table.ts'

/** Fitted to two cores: more workers only compete for them. */
const SCALE = { orgs: 8, workers: 5, longestPause: 1_800, hungAfter: 300_000 }
/** Below it a storm ends before the ten minutes that a run waits for a daily limit. */
const KILLS_WITH_LIMIT = 500

const processes = new Processes()
await exitAfter(chaos)

async function chaos(): Promise<number> {
  const options = chaosOptions(process.argv.slice(2))
  const command = `npm run chaos -- --kills ${options.kills} --records ${options.records} --seed ${options.seed}`
  console.log(`Repeat it with: ${command}\n`)
  const stopped = untilSignal()
  try {
    return await Promise.race([stopped, storm(options, command)])
  } finally {
    await processes.end()
  }
}

async function storm(options: ReturnType<typeof chaosOptions>, command: string): Promise<number> {
  const limited = options.kills >= KILLS_WITH_LIMIT
  const raised = await raiseStorm(processes, { ...SCALE, ...options, limited, onEnd: tell })
  const table = new Table({
    head: ['', 'Salesforce Link', 'jsforce'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right'],
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  })
  table.push(...linesOf(raised).map(line => [...line]))
  console.log(`\n${table.toString()}`)
  await writeSection('chaos', markdownOf(raised, { command, machine: await describeMachine() }))
  if (isClean(raised)) {
    await processes.end()
    await rm(raised.folder, { recursive: true, force: true })
    return 0
  }
  console.error(`\nNot everything is 0. Evidence: ${raised.folder}/problems.json; logs and run store are beside it`)
  return 1
}

function tell({ plan, verdict, undone, earlyEnds }: EndedLoad, kills: number): void {
  const { name, shape, engine, store, form, records, runs } = plan
  const outcome =
    verdict === undefined
      ? 'HANGS'
      : `written ${verdict.written}, rejected ${verdict.rejected}, in doubt ${verdict.inDoubt}`
  const undo = undone && `undone ${undone.written}, not undone ${undone.rejected}, in doubt ${undone.inDoubt}`
  const problems = [verdict, undone]
    .flatMap(one => Object.entries(one?.problems ?? {}))
    .flatMap(([problem, lines]) =>
      lines.length === 0 ? [] : [`${problem.toUpperCase()} ${lines.length}: ${lines[0]}`],
    )
  const resumed = earlyEnds.length === 0 ? '' : `; resumed ${earlyEnds.length} times`
  console.log(
    `  kills ${kills}; ${name} ${shape} ${engine} ${store} ${form} ${records} x ${runs}: ${[outcome + resumed, ...(undo ? [undo] : []), ...problems].join('; ')}`,
  )
}

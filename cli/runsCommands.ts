// The commands over all runs of the run store.
import type { Command } from 'commander'
import { STORED_RUN_STATES } from '../loader/runs/runSummary.ts'
import { duration, oneOf, pointInTime, wholeNumber, withConfig, withJson } from './optionValues.ts'

/** Default number of runs in a list. */
const DEFAULT_LIMIT = 20

export function addRunsCommands(program: Command): void {
  const runs = program.command('runs').description('looks at all runs of the run store, and removes old ones')
  withConfig(withJson(runs.command('list')))
    .description('lists runs, the newest first, also those that Temporal has forgotten')
    .option('--sync <name>', 'of this sync only')
    .option(
      '--outcome <outcome>',
      `one of running, ${STORED_RUN_STATES.join(', ')}`,
      oneOf('--outcome', ['running', ...STORED_RUN_STATES]),
    )
    .option('--since <time>', 'begun since then: a day like 2026-11-01, or a time ago like 7d', pointInTime('--since'))
    .option('--limit <number>', 'runs shown', wholeNumber('--limit'), DEFAULT_LIMIT)
    .action(async options => (await import('./commands/runsList.ts')).runsList(options))
  withConfig(withJson(runs.command('show')))
    .description('shows the spec of a run, its outcome, its files and how to correct it')
    .argument('<run>', 'the run, as runs list names it, or its workflow id')
    .action(async (run, options) => (await import('./commands/runsShow.ts')).runsShow(run, options))
  withConfig(withJson(runs.command('prune')))
    .description('removes runs whose time has passed (retention in sflink.yaml); never one that is at work')
    .option('--dry-run', 'names them and removes nothing')
    .option('--retention <time>', 'keeps completed runs this long, like 90d', duration('--retention'))
    .option(
      '--retention-unfinished <time>',
      'the same for runs failed, cancelled or in doubt',
      duration('--retention-unfinished'),
    )
    .action(async options => (await import('./commands/runsPrune.ts')).runsPrune(options))
}

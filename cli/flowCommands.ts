// The commands of flows, with their arguments and options.
import type { Command } from 'commander'
import { collect, withConfig, withJson } from './optionValues.ts'

const NAME = 'a flow of the configuration'
const RUN = 'the run of a flow, as `flow run` named it, the id of its workflow, or a flow for its last run'

export function addFlowCommands(program: Command): void {
  const flow = program.command('flow').description('runs several syncs in order, parents before their children')
  withConfig(withJson(flow.command('list')))
    .description('lists the flows of the configuration, with schedule and last run')
    .action(async options => (await import('./commands/flowStatus.ts')).flowList(options))
  withSettings(withConfig(withJson(flow.command('plan'))))
    .description('shows what a run would do to each record of each sync, and sends nothing')
    .argument('<name>', NAME)
    .action(async (name, options) => (await import('./commands/flowRun.ts')).flowPlan(name, { set: [], ...options }))
  withSettings(withConfig(withJson(flow.command('run'))))
    .description('runs the syncs of a flow one after the other, and shows their progress')
    .argument('<name>', NAME)
    .option('--detach', 'starts the run and does not wait for its end')
    .action(async (name, options) => (await import('./commands/flowRun.ts')).flowRun(name, { set: [], ...options }))
  withConfig(withJson(flow.command('status')))
    .description('shows how far a run of a flow is')
    .argument('<run>', RUN)
    .option('--follow', 'shows the progress until the run ends')
    .action(async (run, options) => (await import('./commands/flowStatus.ts')).flowStatus(run, options))
  withConfig(withJson(flow.command('resume')))
    .description('continues a run of a flow that failed or was cancelled; syncs that have completed do not run again')
    .argument('<run>', RUN)
    .action(async (run, options) => (await import('./commands/flowRun.ts')).flowResume(run, options))
  withConfig(withJson(flow.command('undo')))
    .description('takes back what a run of a flow has written, children before their parents')
    .argument('<run>', RUN)
    .option('--plan', 'shows what the undo would change, and sends nothing')
    .option('--detach', 'starts the run and does not wait for its end')
    .action(async (run, options) => (await import('./commands/flowRun.ts')).flowUndo(run, options))
  withConfig(flow.command('cancel'))
    .description('asks a run of a flow to stop; records already sent are still accounted for')
    .argument('<run>', RUN)
    .action(async (run, options) => (await import('./commands/flowStatus.ts')).flowCancel(run, options))
}

function withSettings(command: Command): Command {
  return command
    .option(
      '--set <key=value>',
      'fills {key} in each source that has it, or replaces a key of one sync: contacts.maxRejected=10; may be repeated',
      collect,
    )
    .option('--scheduled-time <time>', 'fills {date} and the other placeholders in all sources, like 2026-11-25T02:00')
}

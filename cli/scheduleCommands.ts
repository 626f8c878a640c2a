// The commands of schedules, with their arguments and options.
import { type Command, Option } from 'commander'
import { OVERLAP_POLICIES } from '../loader/schedule/schedule.ts'
import { withConfig, withJson } from './optionValues.ts'

const NAME = 'the sync or the flow whose schedule it is'

export function addScheduleCommands(program: Command): void {
  const schedule = program.command('schedule').description('runs syncs and flows by their schedules in Temporal')
  withConfig(withJson(schedule.command('plan')))
    .description(
      'shows what `schedule apply` would change on the server, the next times, and what daylight saving does to them',
    )
    .action(async options => (await import('./commands/schedulePlan.ts')).schedulePlan(options))
  withConfig(withJson(schedule.command('apply')))
    .description('applies the schedules of the configuration to the server; may be repeated')
    .action(async options => (await import('./commands/schedulePlan.ts')).scheduleApply(options))
  withConfig(withJson(schedule.command('list')))
    .description('lists the schedules on the server')
    .action(async options => (await import('./commands/scheduleShow.ts')).scheduleList(options))
  withConfig(withJson(schedule.command('show')))
    .description('shows one schedule: its times, its state, its last runs')
    .argument('<name>', NAME)
    .action(async (name, options) => (await import('./commands/scheduleShow.ts')).scheduleShow(name, options))
  addScheduleActions(schedule)
}

function addScheduleActions(schedule: Command): void {
  withConfig(schedule.command('pause'))
    .description('starts no more runs until `schedule resume`')
    .argument('<name>', NAME)
    .option('--reason <text>', 'is stored with it')
    .action(async (name, options) => (await import('./commands/schedulePause.ts')).schedulePause(name, options))
  withConfig(schedule.command('resume'))
    .description('starts runs again; those missed in between are not started, see `schedule backfill`')
    .argument('<name>', NAME)
    .option('--reason <text>', 'is stored with it')
    .action(async (name, options) => (await import('./commands/schedulePause.ts')).scheduleResume(name, options))
  withConfig(withJson(schedule.command('trigger')))
    .description('starts a run now, as if this were one of its times')
    .argument('<name>', NAME)
    .action(async (name, options) => (await import('./commands/scheduleTrigger.ts')).scheduleTrigger(name, options))
  withConfig(withJson(schedule.command('backfill')))
    .description('starts the runs of a past time range, each with the source of its own time')
    .argument('<name>', NAME)
    .requiredOption(
      '--from <time>',
      'a day like 2026-11-23, or a time like 2026-11-23T02:00, in the time zone of the schedule',
    )
    .requiredOption('--to <time>', 'a day or time, included')
    .addOption(
      new Option('--overlap <policy>', 'what happens to a run while another is running')
        .choices(OVERLAP_POLICIES)
        .default('buffer_all', 'buffer_all: one after the other'),
    )
    .action(async (name, options) => (await import('./commands/scheduleBackfill.ts')).scheduleBackfill(name, options))
  withConfig(schedule.command('remove'))
    .description('deletes a schedule from the server; its runs stay')
    .argument('<name>', NAME)
    .action(async (name, options) => (await import('./commands/schedulePause.ts')).scheduleRemove(name, options))
}

// Every command with its arguments and options. What a command needs is loaded when it is called: help and mistakes answer at once.
import { Command, Option } from 'commander'
import { STORED_RUN_STATES } from '../loader/runs/runStates.ts'
import { PACKAGE_VERSION } from '../workers/identity.ts'
import { DEFAULT_WORKER_ROLE, WORKER_ROLES } from '../workers/workerOptions.ts'
import { addConfigurationCommands } from './configurationCommands.ts'
import { addFlowCommands } from './flowCommands.ts'
import {
  collect,
  duration,
  graceTime,
  healthAddress,
  metricsAddress,
  oneOf,
  pointInTime,
  portNumber,
  slotCount,
  wholeNumber,
  withConfig,
  withJson,
} from './optionValues.ts'
import { addScheduleCommands } from './scheduleCommands.ts'
import { explainMistakes } from './unknownCommand.ts'

const RUN = 'the run, as `sync run` named it, the id of its workflow, or a sync for its last run'
const CONNECTION = 'a connection of the configuration'

export function createProgram(): Command {
  const program = new Command('sflink')
    .description('Loads records into Salesforce as Temporal workflows, and reports the outcome of every record.')
    .version(PACKAGE_VERSION)
    .exitOverride()
  program.commandsGroup('Loads:')
  addSyncCommands(program)
  addFlowCommands(program)
  addScheduleCommands(program)
  addRunsCommands(program)
  addRecordCommand(program)
  program.commandsGroup('Orgs:')
  addConnectionCommands(program)
  program.commandsGroup('Configuration:')
  addConfigurationCommands(program)
  program.commandsGroup('Set-up and processes:')
  addProcessCommands(program)
  explainMistakes(program)
  return program
}

function addConnectionCommands(program: Command): void {
  const connection = program.command('connection').description('inspects an org')
  withConfig(withJson(connection.command('test')))
    .description('proves by a query that the org is reached and the credentials are valid')
    .argument('<name>', CONNECTION)
    .action(async (name, options) => (await import('./commands/connection.ts')).connectionTest(name, options))
  withConfig(withJson(connection.command('versions')))
    .description('lists the API versions that the org offers')
    .argument('<name>', CONNECTION)
    .action(async (name, options) => (await import('./commands/connection.ts')).connectionVersions(name, options))
  withConfig(withJson(program.command('objects')))
    .description('lists the objects that the integration user may create or update')
    .argument('<name>', CONNECTION)
    .action(async (name, options) => (await import('./commands/connection.ts')).objects(name, options))
  withConfig(withJson(program.command('describe')))
    .description('lists the fields of an object: type, required, writable, External ID, parents, picklist values')
    .argument('<name>', CONNECTION)
    .argument('<object>', 'API name of the object, like Contact')
    .argument('[field]', 'one field with all its picklist values')
    .action(async (name, object, field, options) =>
      (await import('./commands/describe.ts')).describe(name, object, field, options),
    )
}

function addSyncCommands(program: Command): void {
  const sync = program.command('sync').description('starts loads and shows their runs')
  withConfig(withJson(sync.command('list')))
    .description('lists the syncs of the configuration, with schedule and last run')
    .action(async options => (await import('./commands/syncList.ts')).syncList(options))
  withSource(withConfig(withJson(sync.command('plan'))))
    .description('shows what a run would do to each record, and sends nothing; exits with 5 if it would change records')
    .argument('<name>', 'a sync of the configuration')
    .action(async (name, options) => (await import('./commands/syncPlan.ts')).syncPlan(name, { set: [], ...options }))
  withSource(withConfig(withJson(sync.command('run'))))
    .description('runs a load and shows its progress')
    .usage('[options] <name> | --plan <run>')
    .argument('[name]', 'a sync of the configuration; may be left out with --plan')
    .option('--plan <run>', 'applies exactly the plan of this run; a record that changed in the org since is rejected')
    .option('--detach', 'starts the run and does not wait for its end')
    .action(async (name, options, command) => {
      if (name === undefined && options.plan === undefined) command.error("error: missing required argument 'name'")
      await (await import('./commands/syncRun.ts')).syncRun(name, { set: [], ...options })
    })
  withConfig(withJson(sync.command('status')))
    .description('shows how far a run is')
    .argument('<run>', RUN)
    .option('--follow', 'shows the progress until the run ends')
    .action(async (run, options) => (await import('./commands/syncStatus.ts')).syncStatus(run, options))
  withConfig(sync.command('results'))
    .description('shows where the results of a run are, and their first lines')
    .argument('<run>', RUN)
    .option('--csv', 'writes results.csv to standard output')
    .action(async (run, options) => (await import('./commands/syncResults.ts')).syncResults(run, options))
  withConfig(withJson(sync.command('pause')))
    .description('starts no more chunks of a run until `sync resume`; chunks in progress are settled')
    .argument('<run>', RUN)
    .option('--reason <text>', 'is shown while the run is paused')
    .action(async (run, options) => (await import('./commands/syncControl.ts')).syncPause(run, options))
  withConfig(withJson(sync.command('resume')))
    .description('continues a run that is paused, was cancelled or failed; what was sent is not sent again')
    .argument('<run>', RUN)
    .action(async (run, options) => (await import('./commands/syncResume.ts')).syncResume(run, options))
  withConfig(withJson(sync.command('retry')))
    .description('loads the failed records of an ended run again, as a new run; those in doubt are searched for first')
    .argument('<run>', RUN)
    .option('--detach', 'starts the run and does not wait for its end')
    .action(async (run, options) => (await import('./commands/syncEarlier.ts')).syncRetry(run, options))
  withConfig(withJson(sync.command('undo')))
    .description('takes back what a run has written, where the org still holds it, as a new run')
    .argument('<run>', RUN)
    .option('--plan', 'shows what the undo would change, and sends nothing; `sync run --plan` applies it')
    .option('--detach', 'starts the run and does not wait for its end')
    .action(async (run, options) => (await import('./commands/syncEarlier.ts')).syncUndo(run, options))
  withConfig(sync.command('cancel'))
    .description('asks a run to stop; records already sent are still accounted for')
    .argument('<run>', RUN)
    .action(async (run, options) => (await import('./commands/syncControl.ts')).syncCancel(run, options))
}

function addProcessCommands(program: Command): void {
  withConfig(withJson(program.command('doctor')))
    .description('checks everything that loads need, and reports what is wrong and what to do')
    .action(async options => (await import('./commands/doctor.ts')).doctor(options))
  withConfig(program.command('worker'))
    .description('processes runs until it is stopped')
    .addOption(
      new Option('--role <role>', 'what it processes: workflows, the steps of loads, or all')
        .choices(WORKER_ROLES)
        .default(DEFAULT_WORKER_ROLE)
        .env('SFLINK_ROLE'),
    )
    .addOption(new Option('--slots <number>', 'concurrent steps; else 8').env('SFLINK_SLOTS').argParser(slotCount))
    .addOption(
      new Option('--grace <time>', 'from SIGTERM to its end, like 30s (the default)')
        .env('SFLINK_GRACE')
        .argParser(graceTime),
    )
    .addOption(
      new Option('--health <address>', 'serves /healthz and /readyz there, like 127.0.0.1:8090')
        .env('SFLINK_HEALTH')
        .argParser(healthAddress),
    )
    .addOption(
      new Option('--metrics <address>', 'serves /metrics for Prometheus there, like 127.0.0.1:9464')
        .env('SFLINK_METRICS')
        .argParser(metricsAddress),
    )
    .addOption(
      new Option('--deployment <name>', 'Worker Versioning: the deployment of this worker').env(
        'TEMPORAL_DEPLOYMENT_NAME',
      ),
    )
    .addOption(new Option('--build-id <id>', 'Worker Versioning: its build').env('TEMPORAL_WORKER_BUILD_ID'))
    .action(async options => (await import('./commands/processes.ts')).worker(options))
  withConfig(program.command('up'))
    .description('starts Temporal and a worker for one machine, and runs until Ctrl-C')
    .action(async options => (await import('./commands/processes.ts')).up(options))
  program
    .command('setup')
    .description('registers in Temporal the search attributes of runs; may be repeated')
    .action(async () => (await import('./commands/setup.ts')).setup())
  withConfig(program.command('codec-server'))
    .description("lets Temporal's UI show encrypted runs in plain text")
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', portNumber, 8234)
    .option('--ui <origin>', "where Temporal's UI is; may be repeated", collect, [
      'http://localhost:8233',
      'http://127.0.0.1:8233',
    ])
    .option('--allow-host <name>', 'a name by which the server is asked; may be repeated', collect)
    .option('--encode', 'encrypts too, for a temporal command that starts workflows')
    .action(async options => (await import('./commands/codecServer.ts')).codecServer(options))
  withJson(program.command('emulator'))
    .description('serves a Salesforce org to develop and test against, and prints a sflink.yaml for it')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', portNumber, 8080)
    .option('--certificate <file>', 'PEM certificate or public key that checks JWT bearer assertions')
    .action(async options => (await import('./commands/processes.ts')).emulator(options))
}

/** The options that change what a run loads. */
function withSource(command: Command): Command {
  return command
    .option('--source <uri>', 'another source, like file:data/contacts.csv')
    .option('--set <key=value>', 'fills {key} in the source, or replaces a key of the sync; may be repeated', collect)
    .option('--scheduled-time <time>', 'fills {date} and the other placeholders in the source, like 2026-11-25T02:00')
    .option('--limit <number>', 'only the first so many records of the source', wholeNumber('--limit'))
    .option('--parents <sync=run>', 'takes the parents of fields with sync from this run; may be repeated', collect)
}

function addRecordCommand(program: Command): void {
  withConfig(withJson(program.command('record')))
    .description('shows what the runs of a sync did to one record, the newest first')
    .argument('<value>', 'its key or External ID, the value of an identity field, or its Salesforce Id')
    .requiredOption('--sync <name>', 'the sync whose runs are searched')
    .action(async (value, options) => (await import('./commands/record.ts')).record(value, options))
}

/** Default number of runs in a list. */
const DEFAULT_LIMIT = 20

function addRunsCommands(program: Command): void {
  const runs = program.command('runs').description('shows all runs of the run store, and removes old ones')
  withConfig(withJson(runs.command('list')))
    .description('lists runs, the newest first, also those that Temporal has deleted')
    .option('--sync <name>', 'of this sync only')
    .option(
      '--outcome <outcome>',
      `one of running, ${STORED_RUN_STATES.join(', ')}`,
      oneOf('--outcome', ['running', ...STORED_RUN_STATES]),
    )
    .option(
      '--since <time>',
      'started since then: a day like 2026-11-01, or a time ago like 7d',
      pointInTime('--since'),
    )
    .option('--limit <number>', 'runs shown', wholeNumber('--limit'), DEFAULT_LIMIT)
    .action(async options => (await import('./commands/runsList.ts')).runsList(options))
  withConfig(withJson(runs.command('show')))
    .description('shows the spec of a run, its outcome, its files and how to correct it')
    .argument('<run>', RUN)
    .action(async (run, options) => (await import('./commands/runsShow.ts')).runsShow(run, options))
  withConfig(runs.command('remove'))
    .description(
      'removes the files of one run from the run store, also before its retention, but never of a running one',
    )
    .argument('<run>', 'the run, as runs list names it, or its workflow id')
    .action(async (run, options) => (await import('./commands/runsRemove.ts')).runsRemove(run, options))
  withConfig(withJson(runs.command('prune')))
    .description('removes runs past their retention (retention in sflink.yaml), but never a running one')
    .option('--dry-run', 'names them and removes nothing')
    .option('--retention <time>', 'keeps completed runs this long, like 90d', duration('--retention'))
    .option(
      '--retention-unfinished <time>',
      'the same for runs failed, cancelled or in doubt',
      duration('--retention-unfinished'),
    )
    .action(async options => (await import('./commands/runsPrune.ts')).runsPrune(options))
}

// `sflink up`: Temporal and a worker for one machine.
import type { Configuration } from '../../config/configuration.ts'
import { loadConfiguration } from '../../config/environment.ts'
import { TASK_QUEUE } from '../../packages/client/contract/names.ts'
import { TemporalUnreachableError } from '../../packages/client/errors.ts'
import { DEFAULT_ADDRESS } from '../../packages/client/settings.ts'
import { CommandError, EXIT, lineOfError } from '../commandError.ts'
import { type Finding, SIGNS, warning, well } from '../doctor/finding.ts'
import { checkSecretFiles, configurationFacts } from '../doctor/machineChecks.ts'
import { checkSchedules, checkServer } from '../doctor/temporalChecks.ts'
import type { SharedOptions } from '../optionValues.ts'
import { registerSearchAttributes } from '../searchAttributes.ts'
import { type TemporalAccess, withTemporal } from '../temporal.ts'
import { type ChosenTemporal, chooseTemporal } from './chooseTemporal.ts'
import { shownPath, takePlace, type UpPlace } from './place.ts'
import { keepHistory, startTemporal } from './startTemporal.ts'
import { startWorker } from './startWorker.ts'
import { stopSignal } from './stopSignal.ts'
import { UpProcesses } from './upProcesses.ts'

type Options = Pick<SharedOptions, 'config'>

/**
 * Runs until SIGINT or SIGTERM. Throws ConfigurationError, and CommandError when another `up` runs for this configuration, or when
 * Temporal or the worker does not start.
 */
export async function runUp(options: Options): Promise<void> {
  const configuration = await loadConfiguration(options.config)
  // Temporal's data has names of records and files.
  process.umask(0o077)
  const place = await takePlace(configuration.file)
  const processes = new UpProcesses(place)
  const stopped = stopSignal()
  try {
    await Promise.race([stopped, start({ options, configuration, place, processes })])
    const signal = await stopped
    if (signal === 'SIGINT') {
      console.log(
        '\nStopping: the worker finishes or hands back its steps, and a Temporal that this command started ends. Ctrl-C again ends all at once.',
      )
    }
  } finally {
    await processes.stop()
  }
}

type Start = {
  readonly options: Options
  readonly configuration: Configuration
  readonly place: UpPlace
  readonly processes: UpProcesses
}

async function start({ options: { config }, configuration, place, processes }: Start): Promise<void> {
  show(well('Configuration', configurationFacts(configuration)))
  for (const found of await checkSecretFiles(configuration)) show(found)
  if (place.leftovers > 0) show(warning('Processes', `ended ${place.leftovers} that a killed sflink up had left`))
  const chosen = await chooseTemporal(place.database)
  if (chosen.kind === 'own') await startTemporal(chosen, place, processes)
  await reached(
    chosen,
    async temporal => {
      if (chosen.kind === 'own') await keepHistory(temporal)
      show(await temporalFinding(temporal, chosen, place))
      for (const found of await unregistered(temporal)) show(found)
      const worker = await startWorker(temporal, configuration.file, processes)
      show(well('Worker', `polls the task queue ${TASK_QUEUE} (process ${worker})`))
      console.log(`\n${whatNext(temporal, configuration, config)}\n`)
      for (const found of await scheduleFindings(temporal, configuration)) show(found)
    },
    config,
  )
}

/** Throws what withTemporal throws; for a server that is named, with the other way. */
async function reached(chosen: ChosenTemporal, work: (temporal: TemporalAccess) => Promise<void>, config?: string) {
  try {
    await withTemporal(work, config)
  } catch (error) {
    if (chosen.kind !== 'named' || !(error instanceof TemporalUnreachableError)) throw error
    const line = `${error.message}. sflink up starts a server when neither TEMPORAL_ADDRESS nor a profile names one`
    throw new CommandError(line, EXIT.noTemporal)
  }
}

const CHECK_WIDTH = 18

function show({ check, state, message }: Finding): void {
  console.log(`${SIGNS[state]}  ${check.padEnd(CHECK_WIDTH)}${message}`)
}

const SOURCES: Readonly<Record<'named' | 'found', string>> = {
  named: 'named by TEMPORAL_ADDRESS or the profile of the temporal command',
  found: 'runs already and is used; sflink up does not end it',
}

/** Throws CommandError when the server has no such namespace. */
async function temporalFinding(temporal: TemporalAccess, chosen: ChosenTemporal, place: UpPlace): Promise<Finding> {
  if (chosen.kind !== 'own') {
    const { message, state } = await checkServer(temporal)
    return { check: 'Temporal', state, message: `${message}; ${SOURCES[chosen.kind]}` }
  }
  const { uiPort, taken } = chosen
  const facts = `${temporal.address}, its UI http://localhost:${uiPort}, its data ${shownPath(place.database)}`
  return taken === undefined ? well('Temporal', facts) : warning('Temporal', `${facts}; ${taken}`)
}

/** Registers the search attributes. Runs work without them: a finding says why they are not registered. */
async function unregistered(temporal: TemporalAccess): Promise<readonly Finding[]> {
  const problem = await registerSearchAttributes(temporal).then(
    () => undefined,
    (error: unknown) => lineOfError(error).line,
  )
  return problem === undefined ? [] : [warning('Search attributes', problem)]
}

/** For a minute or two after a kill, Temporal may leave questions about schedules without an answer. */
const SCHEDULE_ATTEMPTS = 4

async function scheduleFindings(temporal: TemporalAccess, configuration: Configuration): Promise<readonly Finding[]> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await checkSchedules(temporal, configuration)
    if (attempt === SCHEDULE_ATTEMPTS || found.every(({ state }) => state !== 'wrong')) return found
  }
}

function whatNext({ address }: TemporalAccess, { syncs, flows }: Configuration, config: string | undefined): string {
  // The first sync of a file with flows may need the run of another one.
  const [[flow], [sync]] = [flows.keys(), syncs.keys()]
  const [kind, name] = flow === undefined ? ['sync', sync] : ['flow', flow]
  const configured = config === undefined ? '' : ` --config ${config}`
  const commands = name === undefined ? ['init'] : [`${kind} plan ${name}`, `${kind} run ${name}`]
  const elsewhere =
    address === DEFAULT_ADDRESS
      ? []
      : [`export TEMPORAL_ADDRESS=${address}    # for other programs; commands with this sflink.yaml find it`]
  return [
    'Runs until Ctrl-C. In another terminal:',
    ...[...commands.map(command => `sflink ${command}${configured}`), ...elsewhere].map(line => `  ${line}`),
  ].join('\n')
}

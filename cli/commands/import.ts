import { dirname } from 'node:path'
import { DEFAULT_DATA_DIRECTORIES } from '../../config/configSchema.ts'
import { parseYaml } from '../../config/document.ts'
import { loadConfiguration } from '../../config/environment.ts'
import { orgAddress } from '../../loader/salesforce/orgAddress.ts'
import { resolvedDataDirectory } from '../../loader/sources/dataDirectory.ts'
import { isObject } from '../../packages/client/contract/issues.ts'
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import { printJson } from '../columns.ts'
import { CommandError } from '../commandError.ts'
import { type ConfigFile, openConfigFile } from '../configFile.ts'
import { type Added, addImported } from '../import/addImported.ts'
import type { Imported, ImportPlaces } from '../import/imported.ts'
import { importText } from '../import/importText.ts'
import { readImport } from '../import/readImport.ts'
import type { SharedOptions } from '../optionValues.ts'

export type ImportOptions = SharedOptions & {
  readonly only?: readonly string[]
  readonly connection?: string
  readonly loginUrl?: string
  /** When the loads run: five fields of cron, or a line of a crontab. */
  readonly schedule?: string
  readonly dryRun?: boolean
}

/** Adds the loads of another tool to sflink.yaml. */
export async function importLoads(path: string, options: ImportOptions): Promise<void> {
  const { config: given, dryRun = false, json, schedule } = options
  const config = await openConfigFile(given)
  const imported = await readImport(path, placesOf(config, options))
  if (imported.syncs.length === 0) throw new CommandError(nothingImported(path, imported))
  const added = addImported(config, imported, schedule === undefined ? undefined : scheduleOf(schedule))
  if (dryRun) await loadConfiguration(given, { credentials: 'optional', text: config.text() })
  else await config.save()
  if (json) return printJson({ ...imported, file: config.path, written: !dryRun, variables: added.variables })
  console.log(importText(imported))
  console.log(
    dryRun
      ? `\nWould be written to ${config.shown}:\n${config.changes()}`
      : nextSteps(config, added, schedule !== undefined),
  )
}

function nothingImported(path: string, { leftOut }: Imported): string {
  const reasons = leftOut.map(({ origin, reason }) => `${origin}: ${reason}`)
  return `Nothing of ${path} can be imported: ${reasons.join('. ') || 'it has no process'}`
}

function placesOf(config: ConfigFile, { only, connection, loginUrl }: ImportOptions): ImportPlaces {
  const connections = config.names('connections')
  if (connection !== undefined && !connections.includes(connection)) {
    const known = connections.length === 0 ? 'no connection' : connections.join(', ')
    throw new CommandError(
      `--connection ${connection}: ${config.shown} has ${known}${didYouMean(connection, connections)}`,
    )
  }
  const baseDirectory = dirname(config.path)
  return {
    baseDirectory,
    dataDirectories: dataDirectoriesOf(config).map(place => resolvedDataDirectory(place, baseDirectory)),
    ...present({ only, connection, loginUrl: loginUrl === undefined ? undefined : checkedUrl(loginUrl) }),
  }
}

function checkedUrl(given: string): string {
  const read = orgAddress(given)
  if ('origin' in read) return read.origin
  throw new CommandError(`--login-url ${given} ${read.problem}`)
}

function dataDirectoriesOf(config: ConfigFile): readonly string[] {
  const written: unknown = parseYaml(config.text()).document.toJS()
  const given = isObject(written) ? written['dataDirectories'] : undefined
  return Array.isArray(given) ? given.map(String) : DEFAULT_DATA_DIRECTORIES
}

/** A line of a crontab has the command behind its five fields. */
function scheduleOf(line: string): object {
  const fields = line.trim().split(/\s+/)
  const cron = fields.slice(0, line.trim().startsWith('@') ? 1 : 5).join(' ')
  return { cron, timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone }
}

function nextSteps(config: ConfigFile, { connections, syncs, flows, variables }: Added, hasSchedule: boolean): string {
  const [flow] = flows
  const first = flow === undefined ? `sync plan ${syncs[0] ?? ''}` : `flow plan ${flow}`
  const steps = [
    ...(variables.length === 0 ? [] : [`write ${variables.join(', ')} into .env beside ${config.shown}`]),
    'sflink up, which starts Temporal and a worker on this machine; then in another terminal:',
    ...connections.map(name => `sflink connection test ${name}`),
    `sflink ${first}    shows what a run would do, and sends nothing`,
    hasSchedule
      ? 'sflink schedule plan, then: sflink schedule apply'
      : 'for runs at set times, add schedule: { cron: "30 2 * * *", timeZone: Europe/Berlin } to the sync or the flow, then: sflink schedule apply',
  ]
  const written = [
    ...connections.map(name => `connections.${name}`),
    ...syncs.map(name => `syncs.${name}`),
    ...flows.map(name => `flows.${name}`),
  ]
  return `\nWritten to ${config.shown}: ${written.join(', ')}. Next:\n${steps.map((step, index) => `  ${index + 1}. ${step}`).join('\n')}`
}

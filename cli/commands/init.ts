import { dirname } from 'node:path'
import { DEFAULT_DATA_DIRECTORIES } from '../../config/configSchema.ts'
import type { Configuration, ReadOptions } from '../../config/configuration.ts'
import { loadConfiguration } from '../../config/environment.ts'
import { resolvedDataDirectory } from '../../loader/sources/dataDirectory.ts'
import type { SourcePlaces } from '../../loader/sources/sourceReader.ts'
import { factsOf } from '../../loader/suggest/columnFacts.ts'
import { syncText } from '../../loader/suggest/syncText.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { ExternalSource } from '../../packages/client/contract/sourceSpec.ts'
import { count } from '../../workflows/page/markdown.ts'
import { readingText } from '../../workflows/page/sourceReading.ts'
import { CommandError, EXIT } from '../commandError.ts'
import { type ConfigFile, openConfigFile } from '../configFile.ts'
import { checkRecords, type FileSync, type RecordCheck } from '../init/checkRecords.ts'
import { type ConnectionOptions, chooseConnection } from '../init/connection.ts'
import { chooseObject } from '../init/object.ts'
import { type Prompts, silentPrompts, terminalPrompts } from '../init/prompts.ts'
import { neededPlace, type Sample, sampleSource } from '../init/sample.ts'
import { type SourceOptions, writtenSource } from '../init/source.ts'
import { type SuggestionOptions, settledSync } from '../init/suggestion.ts'
import { chooseName } from '../init/syncName.ts'
import { openSecretsFile } from '../secretsFile.ts'

export type InitOptions = ConnectionOptions &
  SourceOptions &
  SuggestionOptions & {
    readonly config?: string
    readonly object?: string
    readonly name?: string
    readonly yes?: boolean
  }

/** Writes a sync for a source into sflink.yaml, with the reason beside each line. */
export async function init(given: string, options: InitOptions): Promise<void> {
  const isAsked = options.yes !== true && process.stdin.isTTY && process.stdout.isTTY
  await initWith(given, options, isAsked ? await terminalPrompts() : silentPrompts)
}

/** @param prompts who answers */
export async function initWith(given: string, options: InitOptions, prompts: Prompts): Promise<void> {
  const { signal } = new AbortController()
  const config = await openConfigFile(options.config)
  const secrets = await openSecretsFile(config.path)
  const configuration = config.names('connections').length > 0 ? await loadConfiguration(options.config) : undefined
  const { source, yaml } = await writtenSource(given, options, dirname(config.path), secrets)
  const name = await chooseName(source.uri, options.name, config, prompts)
  const places = await placesOf(source, config, configuration, signal)
  const sample = await sampleSource(source, places, signal)
  prompts.say(sample.reading === undefined ? sample.description : readingText(sample.reading))

  const surroundings = { config, configuration, secrets, prompts, signal }
  const { salesforce, name: connection } = await chooseConnection(options, surroundings)
  const asked = { salesforce, prompts, signal }
  const columns = sample.columns.map(factsOf)
  const { object, reason } = await chooseObject(options.object, { ...asked, columns, sourceName: given })
  const syncs = [...(configuration?.syncs ?? [])].map(([other, spec]) => ({ name: other, ...spec }))
  const suggested = await settledSync(sample, object, { ...options, syncs }, asked)
  const reading = readingComment(source.uri, sample)
  config.add('syncs', name, syncText(suggested, { connection, source: yaml, reading, objectReason: reason }))

  const spec = await specOf(name, config, { ...options, variables: secrets.added() })
  const first = await sampleSource(spec.source, places, signal, spec.formats.decimalSeparator)
  prompts.say(`${config.shown}\n${config.changes()}`)
  const isWanted = await prompts.confirm(`Write this into ${config.shown}`)
  if (!isWanted) throw new CommandError('Nothing was written', EXIT.detached)
  await secrets.save()
  await config.save()
  const files = [
    `${config.shown} has the sync ${name}`,
    ...Object.keys(secrets.added()).map(one => `${secrets.shown} has ${one}`),
  ]
  prompts.say(`Written: ${files.join(', ')}`)
  report(name, await checkRecords(spec, first, salesforce, signal), prompts)
}

/** The sync as the configuration has it. Throws ConfigurationError when it would not be valid. */
async function specOf(
  name: string,
  config: ConfigFile,
  options: Pick<InitOptions, 'config'> & Pick<ReadOptions, 'variables'>,
): Promise<FileSync> {
  const { syncs } = await loadConfiguration(options.config, {
    credentials: 'optional',
    text: config.text(),
    ...present({ variables: options.variables }),
  })
  const spec = syncs.get(name)
  if (spec !== undefined && 'uri' in spec.source) return { ...spec, source: spec.source }
  throw new CommandError(`The sync ${name} cannot be read back from ${config.shown}`)
}

/** Where sources may be, with the place of this one, which is added to `dataDirectories` if it is in none of them. */
async function placesOf(
  source: ExternalSource,
  config: ConfigFile,
  configuration: Configuration | undefined,
  signal: AbortSignal,
): Promise<SourcePlaces> {
  const baseDirectory = dirname(config.path)
  const { dataDirectories = DEFAULT_DATA_DIRECTORIES, maxSourceBytes, databases } = configuration ?? {}
  const places = { baseDirectory, dataDirectories, ...present({ maxSourceBytes, databases }) }
  const needed = await neededPlace(source, places, signal)
  if (needed === undefined) return places
  config.addDataDirectory(needed)
  return { ...places, dataDirectories: [...dataDirectories, resolvedDataDirectory(needed, baseDirectory)] }
}

/** How the source was read. An encoding that was guessed is to be looked at, and stays a guess until a person sets it. */
function readingComment(uri: string, { reading }: Sample): string | undefined {
  const [day] = /\d{4}-\d\d-\d\d/.exec(uri) ?? []
  const daily = day === undefined ? [] : [`for a file of each day write {date} in place of ${day}`]
  const text = reading?.text
  if (text === undefined) return daily[0]
  const guess = text.encodingBy === 'guessed' ? ', a guess: set encoding if letters are wrong' : ''
  return [`read as ${text.encoding}${guess}, delimiter ${JSON.stringify(text.delimiter)}`, ...daily].join('; ')
}

function report(name: string, { ready, checked, lines }: RecordCheck, prompts: Prompts): void {
  const result = `Checked the first ${count(checked)} records as a run does: ${count(ready)} can be sent`
  prompts.say([`${result}${lines.length > 0 ? ':' : ''}`, ...lines.map(line => `  ${line}`)].join('\n'))
  if (ready === 0) process.exitCode = EXIT.runFailed
  prompts.say(`Next: sflink up, then in another terminal: sflink sync plan ${name}, sflink sync run ${name}`)
}

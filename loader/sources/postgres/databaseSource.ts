// The source of a sync whose URI is `database:NAME`.
import { didYouMean } from '../../../packages/client/contract/nearestName.ts'
import type { OpenedExternal } from '../../../packages/client/contract/sourceSpec.ts'
import { SourceUriError } from '../errors.ts'
import type { SourceOpening, SourcePlaces, SourceState, SourceTable } from '../sourceReader.ts'
import { databaseOfSource } from '../sourceUri.ts'
import type { DatabaseSettings } from './databaseSettings.ts'
import { openDatabase, statDatabase } from './readDatabase.ts'

/** Throws SourceUriError for a database that the configuration does not have, and as `openDatabase` does. */
export async function openDatabaseSource(source: OpenedExternal, opening: SourceOpening): Promise<SourceTable> {
  return await openDatabase(settingsOf(source.uri, opening), source, opening)
}

/** Throws SourceUriError for a database that the configuration does not have, and as `statDatabase` does. */
export async function statDatabaseSource(
  source: OpenedExternal,
  places: SourcePlaces,
  signal?: AbortSignal,
): Promise<SourceState | undefined> {
  return await statDatabase(settingsOf(source.uri, places), source, signal)
}

function settingsOf(uri: string, { databases = new Map() }: SourcePlaces): DatabaseSettings {
  const name = databaseOfSource(uri)
  const settings = databases.get(name)
  if (settings !== undefined) return settings
  const names = [...databases.keys()]
  const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}${didYouMean(name, names)}`
  const problem = `the configuration of the worker has no database ${name}: ${known}`
  throw new SourceUriError(uri, problem, 'Add it under databases in sflink.yaml.')
}

// Builds the dependencies of the activities from the configuration.
import type { ActivityDependencies } from '../activities/dependencies.ts'
import type { Configuration } from '../config/configuration.ts'
import { proxyChoice } from '../config/connectionSettings.ts'
import { ConfigurationError } from '../config/problems.ts'
import { createRoutes } from '../loader/http/agents.ts'
import { createSalesforceConnection } from '../loader/salesforce/connection.ts'
import type { SalesforceConnection } from '../loader/salesforce/salesforceConnection.ts'
import { type ConnectionSettings, connectionWarnings } from '../loader/salesforce/settings.ts'
import type { TrafficObserver } from '../loader/salesforce/traffic.ts'
import { contentFiles } from '../loader/sources/contentFiles.ts'
import { openSource, statSource } from '../loader/sources/open.ts'
import { openRunStores } from '../loader/storage/open.ts'
import { s3Access } from '../loader/storage/s3Client.ts'
import { createNotifier } from '../notifications/notifier.ts'
import { didYouMean } from '../packages/client/contract/nearestName.ts'
import { PACKAGE_VERSION } from './identity.ts'
import { fixedConfiguration, type LiveConfiguration } from './liveConfiguration.ts'

/** Name of this client in the org's logs. */
const CLIENT_NAME = `SalesforceLink/${PACKAGE_VERSION}`

/** What activities need, except what only the connection to Temporal knows. */
export type LoadDependencies = Omit<ActivityDependencies, 'searchAttributes'>

/**
 * Connections log in when they are first used, and are shared by all runs; a changed configuration has new ones.
 * @param configuration at the start of the process, which decides where the run store is
 * @param observer is notified of every request to Salesforce
 * @param live gives everything else for each step
 * Throws RunStoreUriError when the run store can't be opened.
 */
export function createDependencies(
  configuration: Configuration,
  observer?: TrafficObserver,
  { current, state }: LiveConfiguration = fixedConfiguration(configuration),
): LoadDependencies {
  const { baseDirectory } = configuration
  let connections = new Map<string, SalesforceConnection>()
  let connectionsOf = configuration
  const s3 = s3Access()
  const runStores = openRunStores(configuration.runStore, baseDirectory, s3)
  // Beside the runs, under a name that no run can have.
  const besideRuns = (name: string) =>
    openRunStores(`${configuration.runStore.replace(/\/+$/, '')}/${name}`, baseDirectory).open
  const syncStore = besideRuns('.syncs')
  const places = () => {
    const { dataDirectories, maxSourceBytes, databases } = current()
    return { baseDirectory, dataDirectories, maxSourceBytes, databases, s3 }
  }
  return {
    connection(name) {
      if (connectionsOf !== current()) {
        connectionsOf = current()
        connections = new Map()
      }
      const connection =
        connections.get(name) ??
        createSalesforceConnection({
          ...settingsOf(current(), name),
          clientName: CLIENT_NAME,
          openTokenFiles: besideRuns('.tokens'),
          ...(observer && { observer }),
        })
      connections.set(name, connection)
      return connection
    },
    get connectionNames() {
      return [...current().connections.keys()]
    },
    connectionWarnings: name => connectionWarnings(settingsOf(current(), name)),
    sync: name => current().syncs.get(name),
    get syncNames() {
      return [...current().syncs.keys()]
    },
    flow: name => current().flows.get(name)?.syncs,
    get flowNames() {
      return [...current().flows.keys()]
    },
    get allow() {
      return current().allow
    },
    get databases() {
      return current().databases
    },
    configurationState: state,
    scheduleZone: name => current().schedules.get(name)?.timeZone,
    syncStore,
    runStore: runStores.open,
    runStores,
    get retention() {
      return current().retention
    },
    openSource: (source, opening) => openSource(source, { ...places(), ...opening }),
    notifier: createNotifier({
      settingsFor: sync => current().notifications(sync),
      syncStore,
      runStore: runStores.open,
      routes: createRoutes(proxyChoice(undefined)),
    }),
    statSource: (source, signal) => statSource(source, places(), signal),
    contentFiles: contentFiles(places),
  }
}

function settingsOf({ file, connections }: Configuration, name: string): ConnectionSettings {
  const settings = connections.get(name)
  if (settings !== undefined) return settings
  const names = [...connections.keys()]
  const message = `in the worker's configuration there is no connection '${name}'; use one of ${names.join(', ')}${didYouMean(name, names)}`
  throw new ConfigurationError(file, [{ path: ['connections'], message }])
}

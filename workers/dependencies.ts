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
import { openSource, statSource } from '../loader/sources/open.ts'
import { openRunStores } from '../loader/storage/open.ts'
import { s3Access } from '../loader/storage/s3Client.ts'
import { createNotifier } from '../notifications/notifier.ts'
import { didYouMean } from '../packages/client/contract/nearestName.ts'
import { PACKAGE_VERSION } from './identity.ts'

/** Name of this client in the org's logs. */
const CLIENT_NAME = `SalesforceLink/${PACKAGE_VERSION}`

/** What activities need, except what only the connection to Temporal knows. */
export type LoadDependencies = Omit<ActivityDependencies, 'searchAttributes'>

/**
 * Connections log in when they are first used, and are shared by all runs.
 * @param observer is notified of every request to Salesforce
 * Throws RunStoreUriError when the run store can't be opened.
 */
export function createDependencies(configuration: Configuration, observer?: TrafficObserver): LoadDependencies {
  const { baseDirectory, dataDirectories, syncs } = configuration
  const connections = new Map<string, SalesforceConnection>()
  const s3 = s3Access()
  const runStores = openRunStores(configuration.runStore, baseDirectory, s3)
  // Beside the runs, under a name that no run can have.
  const besideRuns = (name: string) =>
    openRunStores(`${configuration.runStore.replace(/\/+$/, '')}/${name}`, baseDirectory).open
  const syncStore = besideRuns('.syncs')
  return {
    connection(name) {
      const connection =
        connections.get(name) ??
        createSalesforceConnection({
          ...settingsOf(configuration, name),
          clientName: CLIENT_NAME,
          openTokenFiles: besideRuns('.tokens'),
          ...(observer && { observer }),
        })
      connections.set(name, connection)
      return connection
    },
    connectionWarnings: name => connectionWarnings(settingsOf(configuration, name)),
    sync: name => syncs.get(name),
    syncNames: [...syncs.keys()],
    scheduleZone: name => configuration.schedules.get(name)?.timeZone,
    syncStore,
    runStore: runStores.open,
    runStores,
    retention: configuration.retention,
    openSource: (source, onBytes) =>
      openSource(source, { baseDirectory, dataDirectories, s3, ...(onBytes === undefined ? {} : { onBytes }) }),
    notifier: createNotifier({
      settingsFor: configuration.notifications,
      syncStore,
      routes: createRoutes(proxyChoice(undefined)),
    }),
    statSource: uri => statSource(uri, { baseDirectory, dataDirectories, s3 }),
  }
}

function settingsOf({ file, connections }: Configuration, name: string): ConnectionSettings {
  const settings = connections.get(name)
  if (settings !== undefined) return settings
  const names = [...connections.keys()]
  const message = `there is no connection '${name}'; use one of ${names.join(', ')}${didYouMean(name, names)}`
  throw new ConfigurationError(file, [{ path: ['connections'], message }])
}

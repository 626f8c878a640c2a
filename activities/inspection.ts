// Activities that read from an org and change nothing.

import { checkSync, checkWorker } from '../loader/inspect/checks.ts'
import { describeObject, fetchVersions, listObjects, testConnection } from '../loader/inspect/inspectConnection.ts'
import type {
  ConnectionInput,
  ConnectionTest,
  DescribeObjectAnswer,
  DescribeObjectInput,
  ObjectsAnswer,
  VersionsAnswer,
} from '../packages/client/contract/inspection.ts'
import type { CheckSyncInput, SyncCheck, WorkerCheck } from '../packages/client/contract/maintenance.ts'
import type { ActivityDependencies } from './dependencies.ts'
import { runStep } from './runStep.ts'

export function inspectionActivities(dependencies: ActivityDependencies) {
  return {
    /**
     * Proves with a query that the org can be reached and the parameters are valid.
     * Retry: safe because it only reads.
     */
    testConnection: (input: ConnectionInput): Promise<ConnectionTest> =>
      runStep(step => testConnection(dependencies, input, step)),

    /**
     * Fetches the API versions that the org offers.
     * Retry: safe because it only reads.
     * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_versions.htm
     */
    fetchVersions: (input: ConnectionInput): Promise<VersionsAnswer> =>
      runStep(step => fetchVersions(dependencies, input, step)),

    /**
     * Lists the objects that the integration user may create or update.
     * Retry: safe because it only reads.
     * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_describeGlobal.htm
     */
    listObjects: (input: ConnectionInput): Promise<ObjectsAnswer> =>
      runStep(step => listObjects(dependencies, input, step)),

    /**
     * Describes an object as the integration user sees it.
     * Retry: safe because it only reads.
     * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm
     */
    describeObject: (input: DescribeObjectInput): Promise<DescribeObjectAnswer> =>
      runStep(step => describeObject(dependencies, input, step)),

    /**
     * Validates a sync of the configuration against its org, as a run does before it reads its source; nothing is written.
     * Retry: safe because it only reads.
     */
    checkSync: (input: CheckSyncInput): Promise<SyncCheck> => runStep(step => checkSync(dependencies, input, step)),

    /**
     * Reports what this worker uses, and tests its run store and databases.
     * Retry: safe because each attempt uses its own file name and removes the file.
     */
    checkWorker: (): Promise<WorkerCheck> => runStep(() => checkWorker(dependencies)),
  }
}

import { abortJob } from './abortJob.ts'
import { admitCalls } from './admitCalls.ts'
import { aggregateResults } from './aggregateResults.ts'
import { awaitJob } from './awaitJob.ts'
import { awaitSource } from './awaitSource.ts'
import { checkSync } from './checkSync.ts'
import { checkWorker } from './checkWorker.ts'
import { commitChunk } from './commitChunk.ts'
import type { ActivityDependencies } from './dependencies.ts'
import { describeObject } from './describeObject.ts'
import { fetchVersions } from './fetchVersions.ts'
import { findIds } from './findIds.ts'
import { listObjects } from './listObjects.ts'
import { listSearchAttributes } from './listSearchAttributes.ts'
import { notifyEnd } from './notifyEnd.ts'
import { planSync } from './planSync.ts'
import { prepareRun } from './prepareRun.ts'
import { pruneRuns } from './pruneRuns.ts'
import { recallRun } from './recallRun.ts'
import { recordEnd } from './recordEnd.ts'
import { reportSkipped } from './reportSkipped.ts'
import { sendChunk } from './sendChunk.ts'
import { settleChunk } from './settleChunk.ts'
import { stageSource } from './stageSource.ts'
import { testConnection } from './testConnection.ts'
import { uploadChunk } from './uploadChunk.ts'
import { validateConnection } from './validateConnection.ts'

/** The durable steps, with what they need passed in. */
export function createActivities(dependencies: ActivityDependencies) {
  return {
    prepareRun: prepareRun(dependencies),
    listSearchAttributes: listSearchAttributes(dependencies),
    validateConnection: validateConnection(dependencies),
    awaitSource: awaitSource(dependencies),
    planSync: planSync(dependencies),
    stageSource: stageSource(dependencies),
    findIds: findIds(dependencies),
    uploadChunk: uploadChunk(dependencies),
    commitChunk: commitChunk(dependencies),
    awaitJob: awaitJob(dependencies),
    abortJob: abortJob(dependencies),
    settleChunk: settleChunk(dependencies),
    sendChunk: sendChunk(dependencies),
    aggregateResults: aggregateResults(dependencies),
    reportSkipped: reportSkipped(dependencies),
    pruneRuns: pruneRuns(dependencies),
    recordEnd: recordEnd(dependencies),
    notifyEnd: notifyEnd(dependencies),
    admitCalls: admitCalls(dependencies),
    recallRun: recallRun(dependencies),
    checkSync: checkSync(dependencies),
    checkWorker: checkWorker(dependencies),
    testConnection: testConnection(dependencies),
    fetchVersions: fetchVersions(dependencies),
    listObjects: listObjects(dependencies),
    describeObject: describeObject(dependencies),
  }
}

export type Activities = ReturnType<typeof createActivities>

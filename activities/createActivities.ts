import pLimit from 'p-limit'
import type { Dependencies } from '../loader/dependencies.ts'
import { abortJob } from './abortJob.ts'
import { admitCalls } from './admitCalls.ts'
import { aggregateResults } from './aggregateResults.ts'
import { awaitJob } from './awaitJob.ts'
import { awaitSource } from './awaitSource.ts'
import { checkSync } from './checkSync.ts'
import { checkWorker } from './checkWorker.ts'
import { commitChunk } from './commitChunk.ts'
import { describeObject } from './describeObject.ts'
import { fetchVersions } from './fetchVersions.ts'
import { findIds } from './findIds.ts'
import { listObjects } from './listObjects.ts'
import { listSearchAttributes, type RegisteredAttributes } from './listSearchAttributes.ts'
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

/** Chunks settled at a time: matching keeps all records of a chunk in memory, and one fills a processor. */
const SETTLING_AT_A_TIME = 1

/** The durable steps, closed over what they work with. @param searchAttributes those that the worker's namespace has */
export function createActivities(dependencies: Dependencies, searchAttributes: RegisteredAttributes) {
  const settling = pLimit(SETTLING_AT_A_TIME)
  return {
    prepareRun: prepareRun(dependencies, searchAttributes),
    listSearchAttributes: listSearchAttributes(searchAttributes),
    validateConnection: validateConnection(dependencies),
    awaitSource: awaitSource(dependencies),
    planSync: planSync(dependencies),
    stageSource: stageSource(dependencies),
    findIds: findIds(dependencies),
    uploadChunk: uploadChunk(dependencies),
    commitChunk: commitChunk(dependencies),
    awaitJob: awaitJob(dependencies),
    abortJob: abortJob(dependencies),
    settleChunk: settleChunk(dependencies, step => settling(step)),
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

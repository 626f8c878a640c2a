export { describeObject, fetchVersions, listObjects, testConnection } from './inspectConnection.ts'
export { checkSync, checkWorker, pruneRuns } from './maintenance.ts'
export { receiveRecords } from './receiveRecords.ts'
export { syncRecords } from './syncRecords.ts'

export { describeObject, fetchVersions, listObjects, testConnection } from './inspectConnection.ts'
export { pruneRuns } from './pruneRuns.ts'
export { receiveRecords } from './receiveRecords.ts'
export { syncRecords } from './syncRecords.ts'

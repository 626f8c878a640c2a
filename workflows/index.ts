export { describeObject, fetchVersions, listObjects, testConnection } from './inspectConnection.ts'
export { syncRecords } from './syncRecords.ts'

export { describeObject, fetchVersions, listObjects, testConnection } from './inspectConnection.ts'
export { receiveRecords } from './receiveRecords.ts'
export { syncRecords } from './syncRecords.ts'

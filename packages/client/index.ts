// `salesforce-link-client`: loads from a service in TypeScript or JavaScript. Needs no configuration and no Salesforce credentials.

export { type AddRequest, addRecords } from './addRecords.ts'
export { ask, type Question, testConnection } from './ask.ts'
export { type ConnectOptions, connect } from './connect.ts'
export type { ConnectionTest } from './contract/inspection.ts'
export type { AddRecordsAnswer, GivenRecord } from './contract/receiveRecords.ts'
export type { RecordResult, RunReport } from './contract/runReport.ts'
export type { SyncProgress, SyncRecordsInput } from './contract/syncRecords.ts'
export type { Operation } from './contract/syncSpec.ts'
export { dataConverterFor } from './encryption/dataConverter.ts'
export { EncryptionKeyError } from './encryption/encryptionKeyError.ts'
export { type EncryptionKey, encryptionKey, type KeyRing } from './encryption/keyRing.ts'
export {
  InputRejectedError,
  NoWorkerError,
  RunDiffersError,
  RunFailedError,
  TemporalSettingsError,
  TemporalUnreachableError,
} from './errors.ts'
export { type QueueOptions, runSync, type StartedSync, type SyncRequest, startSync } from './startSync.ts'

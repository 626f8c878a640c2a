// `salesforce-link/client`: loads from a service in TypeScript or JavaScript. Needs no configuration and no secret of Salesforce.

export { type AddRequest, addRecords } from './addRecords.ts'
export { type ConnectOptions, connect } from './connect.ts'
export type {
  AddRecordsAnswer,
  ConnectionTest,
  RunReport,
  SyncProgress,
  SyncRecordsInput,
} from './contract/messages.ts'
export type { GivenRecord } from './contract/receivedCalls.ts'
export type { RecordResult } from './contract/recordResult.ts'
export type { Operation } from './contract/syncSpec.ts'
export { dataConverterFor } from './encryption/dataConverter.ts'
export { EncryptionKeyError } from './encryption/encryptionKeyError.ts'
export { type EncryptionKey, encryptionKey, type KeyRing } from './encryption/keyRing.ts'
export {
  InputRejectedError,
  NoWorkerError,
  RunDiffersError,
  RunFailedError,
  TemporalUnreachableError,
} from './errors.ts'
export { type QueueOptions, runSync, type StartedSync, type SyncRequest, startSync } from './startSync.ts'
export { testConnection } from './testConnection.ts'

// `salesforce-link-client`: loads from a service in TypeScript or JavaScript. Needs no configuration and no Salesforce credentials.

export { type AddRequest, addRecords } from './addRecords.ts'
export { ask, type Question, testConnection } from './ask.ts'
export { type ConnectOptions, connect, type QueueOptions } from './connect.ts'
export type { ConnectionTest, DescribeObjectAnswer, ObjectsAnswer, VersionsAnswer } from './contract/inspection.ts'
export { ERROR_KINDS, type ErrorKind, LinkError } from './contract/linkError.ts'
export {
  ADD_RECORDS_UPDATE,
  flowWorkflowId,
  PAUSE_UPDATE,
  PROGRESS_QUERY,
  RESUME_UPDATE,
  receiverWorkflowId,
  runIdOfWorkflow,
  TASK_QUEUE,
  WORKFLOW_TYPES,
  type WorkflowType,
  workflowIdOf,
} from './contract/names.ts'
export type { Operation } from './contract/operations.ts'
export type { PlanRecordsInput, PlanReport } from './contract/planRecords.ts'
export { PUBLISHED_SCHEMAS } from './contract/published.ts'
export type { AddRecordsAnswer, AddRecordsInput, GivenRecord, ReceiveRecordsInput } from './contract/receiveRecords.ts'
export type { ControlAnswer, ControlInput, Paused } from './contract/runControl.ts'
export type { FlowPlan, FlowProgress, FlowReport, RunFlowInput } from './contract/runFlow.ts'
export type { RecordResult, RunOutcome, RunReport } from './contract/runReport.ts'
export type { SyncProgress, SyncRecordsInput } from './contract/syncRecords.ts'
export type { SyncSpecInput } from './contract/syncSpec.ts'
export { pauseRun, resumeRun } from './controlRun.ts'
export { dataConverterFor } from './encryption/encryptionCodec.ts'
export { type EncryptionKey, EncryptionKeyError, encryptionKey, type KeyRing } from './encryption/keyRing.ts'
export {
  InputRejectedError,
  NoWorkerError,
  RunDiffersError,
  RunFailedError,
  TemporalSettingsError,
  TemporalUnreachableError,
} from './errors.ts'
export type { Standstill } from './followRun.ts'
export { followRun, type RunObserver } from './followRun.ts'
export type { MissingWorkers } from './missingWorkers.ts'
export { applyPlan, planSync } from './planSync.ts'
export { type FlowRequest, planFlow, runFlow } from './runFlow.ts'
export { runSync, type StartedSync, type SyncRequest, startSync } from './startSync.ts'

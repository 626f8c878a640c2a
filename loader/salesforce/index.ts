export { Secret } from '../http/secret.ts'
export type { AccessTokenAuth } from './auth/accessToken.ts'
export type { ClientCredentialsAuth } from './auth/clientCredentials.ts'
export { AUTH_FLOWS, type AuthFlowName, type AuthSettings } from './auth/flows.ts'
export type { JwtBearerAuth } from './auth/jwtBearer.ts'
export type { PasswordAuth } from './auth/password.ts'
export type { RefreshTokenAuth } from './auth/refreshToken.ts'
export { COLLECTION_SIZE } from './collections.ts'
export { createSalesforceConnection } from './connection.ts'
export { FIELD_TYPES, type FieldDescribe, type FieldType, type ObjectDescribe } from './describe.ts'
export {
  AnswerCutError,
  LimitReachedError,
  LoginRejectedError,
  OutcomeUnknownError,
  RequestRejectedError,
  type SalesforceError,
  TemporarilyRejectedError,
  UnreachableError,
} from './errors.ts'
export {
  type ApiUsage,
  type ApiVersion,
  type CollectionOptions,
  type ConnectionIdentity,
  type FieldsByName,
  type FindIdsRequest,
  INGEST_JOB_STATES,
  INGEST_RESULTS,
  type IngestJob,
  type IngestJobRequest,
  type IngestJobState,
  type IngestResultsKind,
  type ObjectSummary,
  type QueriedRecord,
  type SalesforceConnection,
  type SaveResult,
  type WireRecord,
} from './salesforceConnection.ts'
export { type ConnectionSettings, connectionWarnings } from './settings.ts'
export { soqlString } from './soql.ts'

// The settings of SFDMU that no key of a sync or a connection takes, and why.
// https://help.sfdmu.com/full-documentation/configuration-and-running/full-exportjson-format
import { type KeyRules, OFF } from './keyRules.ts'

const SIZES = 'sflink chooses the size of requests and jobs: engine, chunk, collections.recordsPerRequest'
const PARALLEL = 'concurrency of the sync, and maxConcurrentRequests of the connection'
const ADD_ONS = 'add-ons do not run; change the records in the source, or with source.sql'

/** Keys of the file itself. */
export const SCRIPT_KEYS: KeyRules = {
  what: 'setting of SFDMU',
  carried: [
    'concurrencyMode',
    'csvFileDelimiter',
    'csvFileEncoding',
    'csvInsertNulls',
    'csvReadFileDelimiter',
    'csvUseEuropeanDateFormat',
    'objectSets',
    'objects',
    'orgs',
    'proxyUrl',
    'restApiBatchSize',
    'useSeparatedCSVFiles',
  ],
  rules: [
    {
      kind: 'notNeeded',
      text: SIZES,
      keys: ['bulkThreshold', 'bulkApiVersion', 'bulkApiV1BatchSize', 'alwaysUseRestApiToUpdateRecords'],
    },
    { kind: 'notNeeded', text: PARALLEL, keys: ['parallelBulkJobs', 'parallelRestJobs'] },
    {
      kind: 'notNeeded',
      text: 'the connection uses the newest API version of the org; apiVersion sets another',
      keys: ['apiVersion'],
    },
    {
      kind: 'notNeeded',
      text: 'the source is read as it is and checked before anything is sent; a row that does not fit is rejected',
      keys: [
        'importCSVFilesAsIs',
        'excludeIdsFromCSVFiles',
        'promptOnIssuesInCSVFiles',
        'promptOnMissingParentObjects',
        'validateCSVFilesOnly',
        'forcePostProcessCsvIdFix',
      ],
    },
    {
      kind: 'notNeeded',
      text: 'sflink sync plan shows what a run would change, and sends nothing',
      keys: ['simulationMode'],
    },
    {
      kind: 'notNeeded',
      text: 'tunes how SFDMU itself works',
      keys: [
        '$schema',
        'binaryDataCache',
        'createTargetCSVFiles',
        'csvAlwaysQuoted',
        'csvUseUtf8Bom',
        'csvWriteFileDelimiter',
        'csvWriteUpperCaseHeaders',
        'excludedObjects',
        'groupQuery',
        'keepObjectOrderWhileExecute',
        'parallelBinaryDownloads',
        'pollingIntervalMs',
        'pollingQueryTimeoutMs',
        'queryBulkApiThreshold',
        'sourceRecordsCache',
      ],
    },
    {
      kind: 'notCarried',
      text: 'records are written one by one: those that Salesforce accepts stay, and undo: true lets a run be taken back',
      keys: ['allOrNone'],
      idle: OFF,
    },
    {
      kind: 'notCarried',
      text: 'a text that is too long for its field is rejected with its row, before anything is sent',
      keys: ['allowFieldTruncation'],
      idle: OFF,
    },
    { kind: 'notCarried', text: ADD_ONS, keys: ['beforeAddons', 'afterAddons', 'dataRetrievedAddons'] },
  ],
}

/** Keys of an object. */
export const OBJECT_KEYS: KeyRules = {
  what: 'setting of an object of SFDMU',
  carried: [
    'excluded',
    'excludedFields',
    'externalId',
    'fieldMapping',
    'name',
    'operation',
    'query',
    'restApiBatchSize',
    'skipRecordsComparison',
    'useCSVValuesMapping',
    'useFieldMapping',
    'useValuesMapping',
  ],
  rules: [
    {
      kind: 'notNeeded',
      text: SIZES,
      keys: ['bulkApiV1BatchSize', 'alwaysUseBulkApiToUpdateRecords', 'alwaysUseRestApi', 'alwaysUseBulkApi'],
    },
    { kind: 'notNeeded', text: PARALLEL, keys: ['parallelBulkJobs', 'parallelRestJobs'] },
    {
      kind: 'notNeeded',
      text: 'is for records that are read from an org; a sync reads a file',
      keys: ['master', 'useQueryAll', 'queryAllTarget', 'useSourceCSVFile', 'deleteFromSource'],
    },
    {
      kind: 'notNeeded',
      text: 'lookups by a field of their parent name its object where the CSV does: Contact:Who.Email',
      keys: ['polymorphicLookups'],
    },
    {
      kind: 'toDo',
      text: 'values are not anonymised: the sync loads those of the source as they are',
      keys: ['updateWithMockData'],
      idle: OFF,
    },
    {
      kind: 'notCarried',
      text: 'values are not anonymised: the sync loads those of the source as they are',
      keys: ['mockFields'],
    },
    {
      kind: 'notCarried',
      text: 'no record is deleted before the load; a mirror deletes those that the source does not have: missing: delete, scope, maxDeleted',
      keys: ['deleteOldData', 'deleteQuery', 'deleteByHierarchy', 'hardDelete', 'respectOrderByOnDeleteRecords'],
      idle: OFF,
    },
    {
      kind: 'toDo',
      text: 'records are not filtered; leave them out of the source, or select the others with source.sql, before the first run',
      keys: ['sourceRecordsFilter', 'targetRecordsFilter'],
    },
    {
      kind: 'notCarried',
      text: 'is for Upsert: an insert creates every record, and an update writes those that the org has',
      keys: ['skipExistingRecords'],
      idle: OFF,
    },
    {
      kind: 'toDo',
      text: 'an update writes these fields too; load them with another sync, or take them out of fields',
      keys: ['excludedFromUpdateFields'],
    },
    {
      kind: 'notCarried',
      text: ADD_ONS,
      keys: ['beforeAddons', 'afterAddons', 'beforeUpdateAddons', 'afterUpdateAddons', 'filterRecordsAddons'],
    },
  ],
}

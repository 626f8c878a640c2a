// The settings of Data Loader that no key of a sync or a connection takes, and why.
// https://developer.salesforce.com/docs/platform/data-loader-impl/guide/loader-params.md
import type { Note } from './imported.ts'
import { type KeyRules, noteOfKey, OFF } from './keyRules.ts'

const OF_ITS_WINDOW = 'is for the window of Data Loader'

const KEYS: KeyRules = {
  what: 'setting of Data Loader',
  carried: [
    'dataAccess.name',
    'dataAccess.readCharset',
    'dataAccess.readUTF8',
    'dataAccess.type',
    'loader.csvComma',
    'loader.csvOther',
    'loader.csvOtherValue',
    'loader.csvTab',
    'pilot.sfdc.duplicateRule.allowSave',
    'process.initialLastRunDate',
    'process.mappingFile',
    'process.operation',
    'process.useEuropeanDates',
    'sfdc.assignmentRule',
    'sfdc.bulkApiSerialMode',
    'sfdc.deleteWithExternalId',
    'sfdc.endpoint',
    'sfdc.endpoint.production',
    'sfdc.endpoint.sandbox',
    'sfdc.entity',
    'sfdc.externalIdField',
    'sfdc.insertNulls',
    'sfdc.load.preserveWhitespaceInRichText',
    'sfdc.loadBatchSize',
    'sfdc.oauth.environment',
    'sfdc.proxyHost',
    'sfdc.proxyPassword',
    'sfdc.proxyPort',
    'sfdc.proxyUsername',
    'sfdc.timezone',
    'sfdc.truncateFields',
    'sfdc.updateWithExternalId',
    'sfdc.useBulkApi',
    'sfdc.useBulkV2Api',
    'sfdc.username',
  ],
  rules: [
    {
      kind: 'notNeeded',
      text: 'is not copied, because the login by password ends; the connection logs in with the key and the secret of an app',
      keys: ['sfdc.password'],
    },
    {
      kind: 'notNeeded',
      text: 'is not copied: tokens and secrets of a browser login end with it. The connection has its own app',
      keys: [
        'sfdc.oauth.accesstoken',
        'sfdc.oauth.refreshtoken',
        'sfdc.oauth.Production.clientsecret',
        'sfdc.oauth.Sandbox.clientsecret',
        'sfdcInternal.sessionId',
      ],
    },
    {
      kind: 'notNeeded',
      text: 'belongs to the browser login of Data Loader; the connection has its own app',
      keys: [
        'salesforce.oauth.instanceURL',
        'sfdc.oauth.Production.bulk.clientid',
        'sfdc.oauth.Production.partner.clientid',
        'sfdc.oauth.Production.redirecturi',
        'sfdc.oauth.Sandbox.bulk.clientid',
        'sfdc.oauth.Sandbox.partner.clientid',
        'sfdc.oauth.Sandbox.redirecturi',
        'sfdc.oauth.environments',
        'sfdc.oauth.loginfrombrowser',
        'sfdc.resetUrlOnLogin',
        'sfdcInternal',
        'sfdcInternal.isSessionIdLogin',
      ],
    },
    {
      kind: 'notNeeded',
      text: 'no value of sflink.yaml is encrypted: secrets are in .env (mode 0600) or in the environment of the worker',
      keys: ['process.encryptionKeyFile'],
    },
    {
      kind: 'notNeeded',
      text: 'results.csv and rejected.csv of each run are in the run store: sflink sync results NAME --csv',
      keys: ['process.outputSuccess', 'process.outputError', 'process.statusOutputDirectory'],
    },
    {
      kind: 'notNeeded',
      text: 'sflink waits and retries on its own: requestTimeout of the connection, resend of the sync',
      keys: [
        'sfdc.bulkApiCheckStatusInterval',
        'sfdc.connectionTimeoutSecs',
        'sfdc.enableRetries',
        'sfdc.maxRetries',
        'sfdc.minRetrySleepSecs',
        'sfdc.timeoutSecs',
      ],
    },
    {
      kind: 'notNeeded',
      text: 'the connection uses the newest API version of the org; apiVersion sets another',
      keys: ['salesforce.api.version'],
    },
    {
      kind: 'notNeeded',
      text: 'a run that rejects records always ends with exit code 3',
      keys: ['process.batchMode.exitWithErrorOnFailedRows'],
    },
    {
      kind: 'notNeeded',
      text: 'tunes how Data Loader itself works',
      keys: [
        'config.properties.readonly',
        'dataAccess.readBatchSize',
        'dataAccess.skipTotalCount',
        'loader.cacheSObjectNamesAndFields',
        'process.bulk.cacheDataFromDao',
        'process.bulk.saveServerLoadAndRawResultsInCSV',
        'process.enableLastRunOutput',
        'process.lastRunOutputDirectory',
        'process.name',
        'process.thread.name',
        'run.mode',
        'sfdc.debugMessages',
        'sfdc.debugMessagesFile',
        'sfdc.noCompression',
        'sfdc.reuseClientConnection',
        'sfdc.useLegacyHttpGet',
        'sfdc.useSysPropsForHttpClient',
        'sfdc.wireOutput',
        'sfdx.richtext.regex',
      ],
    },
    {
      kind: 'notNeeded',
      text: 'is for extracts',
      keys: [
        'dataAccess.writeBatchSize',
        'dataAccess.writeUTF8',
        'loader.bufferUnprocessedBulkQueryResults',
        'loader.query.delimiter',
        'loader.query.includeBinaryData',
        'loader.query.limitOutputToQueryFields',
        'process.enableExtractStatusOutput',
        'sfdc.extractionRequestSize',
        'sfdc.extractionSOQL',
        'sfdc.sortExtractionFields',
      ],
    },
    {
      kind: 'notNeeded',
      text: OF_ITS_WINDOW,
      keys: ['loader.hideWelcome', 'loader.ui.showUpgrade'],
    },
    {
      kind: 'notCarried',
      text: 'every run loads the whole source; to continue a run that ended early: sflink sync resume, or retry',
      keys: ['process.loadRowToStartAt'],
      idle: ['0'],
    },
    {
      kind: 'notCarried',
      text: 'phone numbers are sent as the source writes them; format them in the source',
      keys: ['sfdc.formatPhoneFields'],
      idle: OFF,
    },
    {
      kind: 'notNeeded',
      text: 'each file is sent by a request of its own, through the REST API',
      keys: ['sfdc.bulkApiZipContent'],
    },
    {
      kind: 'notCarried',
      text: 'a change of the owner of an account removes its account team, as it does without this setting',
      keys: ['process.keepAccountTeam'],
      idle: OFF,
    },
    {
      kind: 'notCarried',
      text: 'NTLM is not supported; put a proxy between that does, such as Px or Cntlm',
      keys: ['sfdc.proxyNtlmDomain'],
    },
    {
      kind: 'notCarried',
      text: 'a pilot feature of Data Loader; a result names the duplicates of its record by their Ids, as the integration user sees them',
      keys: ['pilot.sfdc.duplicateRule.includeRecordDetails', 'pilot.sfdc.duplicateRule.runAsCurrentUser'],
      idle: OFF,
    },
  ],
}

/** The settings of its window, which are many. */
const WINDOW = /^sfdc\.ui\./

/** The note about a setting; undefined when it is carried over. */
export function dataLoaderNote(key: string, value: string): Note | undefined {
  if (WINDOW.test(key)) return { kind: 'notNeeded', subject: key, text: OF_ITS_WINDOW }
  return noteOfKey(KEYS, key, value)
}

import { expect, test } from 'vitest'
import { dataLoaderNote } from '../../../cli/import/dataLoaderKeys.ts'

/** The settings of Data Loader 67. */
const KEYS =
  `loader.hideWelcome loader.ui.showUpgrade loader.csvComma loader.csvTab loader.csvOther loader.csvOtherValue
loader.query.delimiter loader.bufferUnprocessedBulkQueryResults loader.query.includeBinaryData loader.cacheSObjectNamesAndFields
sfdcInternal sfdcInternal.isSessionIdLogin sfdcInternal.sessionId sfdc.username sfdc.password sfdc.endpoint sfdc.endpoint.production
sfdc.endpoint.sandbox sfdc.proxyHost sfdc.proxyPort sfdc.proxyUsername sfdc.proxyPassword sfdc.proxyNtlmDomain sfdc.timeoutSecs
sfdc.connectionTimeoutSecs sfdc.noCompression sfdc.enableRetries sfdc.maxRetries sfdc.minRetrySleepSecs sfdc.debugMessages
sfdc.debugMessagesFile sfdc.resetUrlOnLogin sfdc.truncateFields sfdc.formatPhoneFields sfdc.useBulkApi sfdc.bulkApiSerialMode
sfdc.bulkApiCheckStatusInterval sfdc.bulkApiZipContent sfdc.useBulkV2Api sfdc.updateWithExternalId sfdc.deleteWithExternalId
sfdc.wireOutput sfdc.timezone sfdc.oauth.environments sfdc.oauth.environment sfdc.oauth.accesstoken sfdc.oauth.refreshtoken
sfdc.oauth.loginfrombrowser sfdc.oauth.Production.partner.clientid sfdc.oauth.Production.bulk.clientid sfdc.oauth.Sandbox.partner.clientid
sfdc.oauth.Sandbox.bulk.clientid sfdc.oauth.Production.clientsecret sfdc.oauth.Sandbox.clientsecret sfdc.oauth.Production.redirecturi
sfdc.oauth.Sandbox.redirecturi sfdc.reuseClientConnection sfdx.richtext.regex sfdc.insertNulls sfdc.entity sfdc.loadBatchSize
sfdc.assignmentRule sfdc.externalIdField sfdc.extractionRequestSize sfdc.extractionSOQL sfdc.sortExtractionFields
sfdc.load.preserveWhitespaceInRichText process.name process.operation process.mappingFile process.useEuropeanDates
process.statusOutputDirectory process.outputSuccess process.enableExtractStatusOutput process.enableLastRunOutput
process.lastRunOutputDirectory process.outputError process.loadRowToStartAt process.initialLastRunDate process.encryptionKeyFile
process.thread.name process.keepAccountTeam process.batchMode.exitWithErrorOnFailedRows dataAccess.type dataAccess.name
dataAccess.readBatchSize dataAccess.writeBatchSize dataAccess.skipTotalCount dataAccess.readUTF8 dataAccess.writeUTF8
dataAccess.readCharset salesforce.api.version salesforce.oauth.instanceURL sfdc.useLegacyHttpGet sfdc.useSysPropsForHttpClient
loader.query.limitOutputToQueryFields pilot.sfdc.duplicateRule.allowSave pilot.sfdc.duplicateRule.includeRecordDetails
pilot.sfdc.duplicateRule.runAsCurrentUser run.mode process.bulk.saveServerLoadAndRawResultsInCSV process.bulk.cacheDataFromDao
config.properties.readonly sfdc.ui.wizard.width sfdc.ui.dialog.settings.height`.split(/\s+/)

test.each(KEYS)('%s is a known setting', key => {
  expect(dataLoaderNote(key, 'true')?.text ?? 'carried over').not.toContain('is not a setting')
})

test('an unknown setting is named, with the nearest known one', () => {
  expect(dataLoaderNote('sfdc.insertNull', 'true')).toEqual({
    kind: 'notCarried',
    subject: 'sfdc.insertNull',
    text: 'is not a setting of Data Loader; did you mean "sfdc.insertNulls"?',
  })
})

test('a setting that is switched off is not reported as missing', () => {
  expect(dataLoaderNote('process.keepAccountTeam', 'true')?.kind).toBe('notCarried')
  expect(dataLoaderNote('process.keepAccountTeam', 'false')?.kind).toBe('notNeeded')
})

test('no note shows the value of a secret', () => {
  for (const key of [
    'sfdc.password',
    'sfdc.oauth.refreshtoken',
    'sfdc.proxyPassword',
    'sfdc.oauth.Production.clientsecret',
  ]) {
    expect(JSON.stringify(dataLoaderNote(key, 'a-secret') ?? {})).not.toContain('a-secret')
  }
})

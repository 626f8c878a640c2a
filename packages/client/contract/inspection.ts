// The workflows that inspect a connection: `testConnection`, `fetchVersions`, `listObjects`, `describeObject`.
import { z } from 'zod'
import { strictShape } from './issues.ts'
import { count, type DeepReadonly, name, optional } from './scalars.ts'

const connection = name.describe('Name of a connection in the configuration of the worker')
const apiName = z.string().describe('API name')
const label = z.string().describe('Name that people see')
const id = z.string().describe('Salesforce Id')
const instanceUrl = z.string().describe('URL of the org')

const object = name.describe('API name, such as Contact')

export const connectionInputSchema = strictShape({ connection })
export type ConnectionInput = Readonly<z.output<typeof connectionInputSchema>>

export const describeObjectInputSchema = strictShape({
  connection,
  object,
  field: optional(name).describe('API name of one field: the answer has this field only, with all its picklist values'),
})
export type DescribeObjectInput = Readonly<z.output<typeof describeObjectInputSchema>>

export const connectionTestSchema = z.object({
  connection,
  instanceUrl,
  apiVersion: z.string().describe('67.0, without v'),
  organization: z
    .object({ id, name: label, isSandbox: z.boolean().describe('Whether it is a sandbox') })
    .describe('The org'),
  user: z
    .object({ id, name: label, username: z.string().describe('Name of the login') })
    .describe('The user of the connection'),
  latency: z.number().describe('Milliseconds of the test query, round trip'),
  clockOffset: z.number().describe('Milliseconds by which the clock of the org is ahead of the worker, to the second'),
  apiCalls: z
    .strictObject({
      used: count.describe('Calls made'),
      limit: count.describe('Calls allowed'),
      left: z.int().describe('Calls left'),
    })
    .exactOptional()
    .describe('API calls in the rolling 24 hours; absent if the org did not report them'),
  warnings: z.array(z.string()).describe('What is to be done soon, such as a flow that is retired'),
})
/** What a test query proved. */
export type ConnectionTest = DeepReadonly<z.output<typeof connectionTestSchema>>

const apiVersionSchema = z.object({
  label: z.string().describe('Name of the release'),
  version: z.string().describe('67.0, without v'),
})

export const versionsAnswerSchema = z.object({
  connection,
  instanceUrl,
  versions: z.array(apiVersionSchema).describe('Oldest first'),
  inUse: z
    .string()
    .describe(
      'The version that the connection uses; not in versions if the configuration names one that the org does not offer',
    ),
})
export type VersionsAnswer = DeepReadonly<z.output<typeof versionsAnswerSchema>>

const access = {
  createable: z.boolean().describe('Whether the integration user may create it'),
  updateable: z.boolean().describe('Whether the integration user may update it'),
}

const objectSummarySchema = z.object({
  name: apiName,
  label,
  ...access,
  custom: z.boolean().describe('Whether it is a custom object'),
})

export const objectsAnswerSchema = z.object({
  connection,
  objects: z.array(objectSummarySchema).describe('Objects that the integration user may create or update'),
})
export type ObjectsAnswer = DeepReadonly<z.output<typeof objectsAnswerSchema>>

/** Values of each picklist in the answer about a whole object, which may have hundreds of fields. */
export const MAX_VALUES = 100

const describedFieldSchema = z.object({
  name: apiName,
  label,
  type: z.string().describe('Field type of Salesforce, such as picklist'),
  length: z.number().describe('Characters; 0 where it does not apply'),
  required: z.boolean().describe('On create'),
  ...access,
  externalId: z.boolean().describe('Whether it is an External ID field'),
  unique: z.boolean().describe('Whether no two records have the same value'),
  referenceTo: z.array(z.string()).describe('The objects that a lookup refers to; empty for other fields'),
  relationshipName: z
    .string()
    .exactOptional()
    .describe('The name of the lookup in a mapping, such as Account in Account.Ext_Id__c'),
  picklist: z
    .object({
      restricted: z.boolean().describe('Whether the org rejects other values'),
      values: z
        .array(
          z.object({
            value: z.string().describe('As a record has it'),
            label: z.string().exactOptional().describe('Absent if it is the value'),
          }),
        )
        .describe(`Active values; at most ${MAX_VALUES} when the input names no field`),
      count: count.describe('Number of active values'),
    })
    .exactOptional()
    .describe('Absent for other types'),
})
export type DescribedField = DeepReadonly<z.output<typeof describedFieldSchema>>

export const describeObjectAnswerSchema = z.object({
  connection,
  object: apiName,
  label,
  ...access,
  deletable: z.boolean().describe('Whether the integration user may delete it'),
  recordTypes: z
    .array(z.object({ id, developerName: apiName, name: label }))
    .describe('Active record types other than the master record type'),
  fields: z.array(describedFieldSchema).describe('The fields that the integration user sees'),
})
export type DescribeObjectAnswer = DeepReadonly<z.output<typeof describeObjectAnswerSchema>>

// The workflows that inspect a connection: `testConnection`, `fetchVersions`, `listObjects`, `describeObject`.
import { z } from 'zod'
import { strictShape } from './issues.ts'
import { count, type DeepReadonly, name, optional } from './scalars.ts'

const connection = name.describe('Name of a connection in the configuration of the worker')
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
  instanceUrl: z.string(),
  apiVersion: z.string().describe('67.0, without v'),
  organization: z.object({ id: z.string(), name: z.string(), isSandbox: z.boolean() }),
  user: z.object({ id: z.string(), name: z.string(), username: z.string() }),
  latency: z.number().describe('Milliseconds of the test query, round trip'),
  clockOffset: z.number().describe('Milliseconds by which the clock of the org is ahead of the worker, to the second'),
  apiCalls: z
    .strictObject({ used: count, limit: count, left: z.int() })
    .exactOptional()
    .describe('API calls in the rolling 24 hours; absent if the org did not report them'),
  warnings: z.array(z.string()),
})
/** What a test query proved. */
export type ConnectionTest = DeepReadonly<z.output<typeof connectionTestSchema>>

const apiVersionSchema = z.object({ label: z.string(), version: z.string() })

export const versionsAnswerSchema = z.object({
  connection,
  instanceUrl: z.string(),
  versions: z.array(apiVersionSchema).describe('Oldest first'),
  inUse: z
    .string()
    .describe(
      'The version that the connection uses; not in versions if the configuration names one that the org does not offer',
    ),
})
export type VersionsAnswer = DeepReadonly<z.output<typeof versionsAnswerSchema>>

const access = { createable: z.boolean(), updateable: z.boolean() }

const objectSummarySchema = z.object({ name: z.string(), label: z.string(), ...access, custom: z.boolean() })

export const objectsAnswerSchema = z.object({ connection, objects: z.array(objectSummarySchema) })
export type ObjectsAnswer = DeepReadonly<z.output<typeof objectsAnswerSchema>>

/** Values of each picklist in the answer about a whole object, which may have hundreds of fields. */
export const MAX_VALUES = 100

const describedFieldSchema = z.object({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  length: z.number(),
  required: z.boolean().describe('On create'),
  ...access,
  externalId: z.boolean(),
  unique: z.boolean(),
  referenceTo: z.array(z.string()).describe('The objects that a lookup refers to; empty for other fields'),
  relationshipName: z
    .string()
    .exactOptional()
    .describe('The name of the lookup in a mapping, such as Account in Account.Ext_Id__c'),
  picklist: z
    .object({
      restricted: z.boolean().describe('Whether the org rejects other values'),
      values: z
        .array(z.object({ value: z.string(), label: z.string().exactOptional().describe('Absent if it is the value') }))
        .describe(`Active values; at most ${MAX_VALUES} when the input names no field`),
      count: count.describe('Number of active values'),
    })
    .exactOptional(),
})
export type DescribedField = DeepReadonly<z.output<typeof describedFieldSchema>>

export const describeObjectAnswerSchema = z.object({
  connection,
  object: z.string(),
  label: z.string(),
  ...access,
  recordTypes: z
    .array(z.object({ id: z.string(), developerName: z.string(), name: z.string() }))
    .describe('Active record types other than the master record type'),
  fields: z.array(describedFieldSchema),
})
export type DescribeObjectAnswer = DeepReadonly<z.output<typeof describeObjectAnswerSchema>>

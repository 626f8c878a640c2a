// The workflows that inspect a connection: `testConnection`, `fetchVersions`, `listObjects`, `describeObject`.
import { z } from 'zod'
import { strictShape } from './issues.ts'
import { count, type DeepReadonly, name } from './scalars.ts'

const connection = name.describe('Name of a connection in the configuration of the worker')
const object = name.describe('API name, such as Contact')

export const connectionInputSchema = strictShape({ connection })
export type ConnectionInput = Readonly<z.output<typeof connectionInputSchema>>

export const describeObjectInputSchema = strictShape({ connection, object })
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

const describedFieldSchema = z.object({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  length: z.number(),
  required: z.boolean().describe('On create'),
  ...access,
  externalId: z.boolean(),
  unique: z.boolean(),
})
export type DescribedField = Readonly<z.output<typeof describedFieldSchema>>

export const describeObjectAnswerSchema = z.object({
  connection,
  object: z.string(),
  label: z.string(),
  ...access,
  fields: z.array(describedFieldSchema),
})
export type DescribeObjectAnswer = DeepReadonly<z.output<typeof describeObjectAnswerSchema>>

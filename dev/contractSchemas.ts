// What travels between services and workflows, as JSON Schema. Answers may get more keys one day, inputs have no others. The types of the code and these shapes must say the same: a
// difference is an error of the type check.
import { z } from 'zod'
import type {
  AddRecordsAnswer,
  AddRecordsInput,
  ConnectionInput,
  ConnectionTest,
  DescribeObjectAnswer,
  DescribeObjectInput,
  ObjectsAnswer,
  ReceiveRecordsInput,
  SyncProgress,
  SyncRecordsInput,
  VersionsAnswer,
} from '../packages/client/contract/messages.ts'
import { SYNC_STAGES } from '../packages/client/contract/messages.ts'
import { CALL_ID_LENGTH, MOST_CALL_RECORDS } from '../packages/client/contract/receivedCalls.ts'
import { RUN_OUTCOMES, type RunReport, SKIP_REASONS } from '../packages/client/contract/runReport.ts'
import { ENGINES, OPERATIONS } from '../packages/client/contract/syncSpec.ts'
import { syncSpecShape } from '../packages/client/contract/syncSpecSchema.ts'
import { type Same, same } from './sameType.ts'

const count = z.int().min(0)
const text = (about: string) => z.string().describe(about)
const time = text('UTC, YYYY-MM-DDTHH:mm:ss')
/** A key that may be left out; a language without that writes null. */
const given = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().exactOptional()

const tally = z.object({ created: count, updated: count, failed: count, inDoubt: count })

const recordResult = z.object({
  row: z.int().min(1).describe('Number of the record, from 1'),
  operation: z.enum([...OPERATIONS, '']),
  outcome: z.enum(['created', 'updated', 'failed', 'in_doubt']),
  id: text('Salesforce record Id; empty when there is none'),
  errorCode: text('Salesforce status code, or one of this program; empty on success'),
  errorMessage: text("Salesforce's own words; empty on success"),
  timestamp: time,
  identity: z.array(z.string()).describe('Values of the identity fields, in the order of the sync'),
})

const report = z.object({
  runId: z.string(),
  outcome: z.enum(RUN_OUTCOMES),
  skipped: z.object({ reason: z.enum(SKIP_REASONS), message: z.string() }).exactOptional(),
  connection: z.string(),
  object: z.string(),
  operation: z.union([z.enum(OPERATIONS), z.object({ column: z.string() })]),
  engine: z.enum(ENGINES),
  records: count.describe('Records in the source; as many results are in results.csv'),
  tally,
  errors: z
    .array(z.object({ errorCode: z.string(), count, exampleRow: count, exampleMessage: z.string() }))
    .describe('The most frequent first'),
  files: z.object({
    results: z.string(),
    rejected: z.string().exactOptional(),
    inDoubt: z.string().exactOptional(),
    report: z.string(),
  }),
  startedAt: time,
  finishedAt: time,
  warnings: z.array(z.string()),
  results: z.array(recordResult).exactOptional().describe('In source order; when asked for, up to 200 records'),
})

const syncName = text("Name of a sync in the worker's configuration")
const rest = {
  runId: given(text('Names the run in the run store; by default it follows from the workflow id')),
  scheduledTime: given(text('ISO 8601 with an offset: fills {date} and its kin in the URI of the source')),
  timeZone: given(text('IANA name of the zone in which the scheduled time is read')),
  inlineResults: given(z.boolean().describe('Whether the report carries the result of every record, up to 200')),
}
const overrides = z
  .strictObject(Object.fromEntries(Object.entries(syncSpecShape.shape).map(([key, shape]) => [key, given(shape)])))
  .describe("Keys in place of the sync's own; null takes a key away")

const syncInput = z.union([
  z.strictObject({ sync: syncName, spec: given(overrides), ...rest }),
  z.strictObject({ sync: given(text('A name for the load')), spec: syncSpecShape.describe('A whole sync'), ...rest }),
])

const progress = z.object({
  runId: z.string(),
  stage: z.enum(SYNC_STAGES),
  records: count,
  settled: count,
  created: count,
  updated: count,
  failed: count,
  inDoubt: count,
  chunks: count,
  chunksDone: count,
})

const receiverInput = z.strictObject({
  sync: syncName,
  gatherFor: given(z.int().min(0).max(60_000).describe('Milliseconds that calls are gathered for; default 0')),
  idleFor: given(z.int().min(1).describe('Milliseconds without a call after which the receiver ends; default 600000')),
})

const call = z.strictObject({
  id: z.string().min(1).max(CALL_ID_LENGTH).describe('The same id again gets the first answer and loads nothing'),
  records: z
    .array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])))
    .min(1)
    .max(MOST_CALL_RECORDS)
    .describe('Column to value; together at most 1 MB'),
})

const callAnswer = z.object({
  runId: text('The run that loaded the records'),
  results: z.array(recordResult).describe("One for each record, in the call's order"),
})

const connection = text("Name of a connection of the worker's configuration")
const connectionInput = z.strictObject({ connection })
const describeInput = z.strictObject({ connection, object: text('API name, such as Contact') })

const connectionTest = z.object({
  connection,
  instanceUrl: z.string(),
  apiVersion: z.string(),
  organization: z.object({ id: z.string(), name: z.string(), isSandbox: z.boolean() }),
  user: z.object({ id: z.string(), name: z.string(), username: z.string() }),
  latency: z.number().describe('Milliseconds of the test query, there and back'),
  clockOffset: z.number().describe('Milliseconds that the clock of the org is ahead of the worker, to the second'),
  apiCalls: z
    .strictObject({ used: count, limit: count, left: z.int() })
    .exactOptional()
    .describe('Of the rolling 24 hours; absent when the org did not say'),
  warnings: z.array(z.string()),
})

const versions = z.object({
  connection,
  instanceUrl: z.string(),
  versions: z.array(z.object({ label: z.string(), version: z.string() })),
})

const access = { createable: z.boolean(), updateable: z.boolean() }
const objects = z.object({
  connection,
  objects: z.array(z.object({ name: z.string(), label: z.string(), ...access, custom: z.boolean() })),
})

const field = z.object({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  length: z.number(),
  required: z.boolean().describe('On create'),
  ...access,
  externalId: z.boolean(),
  unique: z.boolean(),
})
const described = z.object({
  connection,
  object: z.string(),
  label: z.string(),
  ...access,
  fields: z.array(field),
})

same<Same<z.infer<typeof report>, RunReport>>()
same<Same<Omit<z.infer<typeof syncInput>, 'spec'>, Omit<SyncRecordsInput, 'spec'>>>()
same<Same<z.infer<typeof progress>, SyncProgress>>()
same<Same<z.infer<typeof receiverInput>, ReceiveRecordsInput>>()
same<Same<z.infer<typeof call>, AddRecordsInput>>()
same<Same<z.infer<typeof callAnswer>, AddRecordsAnswer>>()
same<Same<z.infer<typeof connectionInput>, ConnectionInput>>()
same<Same<z.infer<typeof describeInput>, DescribeObjectInput>>()
same<Same<z.infer<typeof connectionTest>, ConnectionTest>>()
same<Same<z.infer<typeof versions>, VersionsAnswer>>()
same<Same<z.infer<typeof objects>, ObjectsAnswer>>()
same<Same<z.infer<typeof described>, DescribeObjectAnswer>>()

/** By the name of their file: what is called, and which side of it. */
export const CONTRACT_SCHEMAS = {
  'syncRecords.input': syncInput,
  'syncRecords.report': report,
  'syncRecords.progress': progress,
  'receiveRecords.input': receiverInput,
  'addRecords.input': call,
  'addRecords.answer': callAnswer,
  'testConnection.input': connectionInput,
  'testConnection.answer': connectionTest,
  'fetchVersions.input': connectionInput,
  'fetchVersions.answer': versions,
  'listObjects.input': connectionInput,
  'listObjects.answer': objects,
  'describeObject.input': describeInput,
  'describeObject.answer': described,
} as const satisfies Readonly<Record<string, z.ZodType>>

import { z } from 'zod'
import {
  connectionInputSchema,
  connectionTestSchema,
  describeObjectAnswerSchema,
  describeObjectInputSchema,
  objectsAnswerSchema,
  versionsAnswerSchema,
} from './inspection.ts'
import { strictShape } from './issues.ts'
import { addRecordsAnswerSchema, addRecordsInputSchema, receiveRecordsInputSchema } from './receiveRecords.ts'
import { controlAnswerSchema, controlInputSchema } from './runControl.ts'
import { runReportSchema } from './runReport.ts'
import { name, optional } from './scalars.ts'
import { retryOf, runSettings, syncName, syncProgressSchema, undoOf } from './syncRecords.ts'
import { syncSpecSchema } from './syncSpec.ts'

const overrides = z
  .strictObject(Object.fromEntries(Object.entries(syncSpecSchema.shape).map(([key, shape]) => [key, optional(shape)])))
  .describe('Keys that replace those of the sync; null removes a key')

/** The input with its sync spec, as it is published. */
const publishedSyncRecordsInputSchema = z.union([
  strictShape({ sync: syncName, spec: optional(overrides), ...runSettings }),
  strictShape({
    sync: optional(name.describe('A name for the load')),
    spec: syncSpecSchema.describe('A whole sync'),
    ...runSettings,
  }),
  strictShape({ retryOf, sync: optional(syncName), runId: runSettings.runId }),
  strictShape({ undoOf, sync: optional(syncName), runId: runSettings.runId }),
])

/** The messages that are published as JSON Schemas, by the name of their file. Answers may get more keys; inputs reject others. */
export const PUBLISHED_SCHEMAS = {
  'syncRecords.input': publishedSyncRecordsInputSchema,
  'syncRecords.report': runReportSchema,
  'syncRecords.progress': syncProgressSchema,
  'pause.input': controlInputSchema,
  'pause.answer': controlAnswerSchema,
  'resume.input': controlInputSchema,
  'resume.answer': controlAnswerSchema,
  'receiveRecords.input': receiveRecordsInputSchema,
  'addRecords.input': addRecordsInputSchema,
  'addRecords.answer': addRecordsAnswerSchema,
  'testConnection.input': connectionInputSchema,
  'testConnection.answer': connectionTestSchema,
  'fetchVersions.input': connectionInputSchema,
  'fetchVersions.answer': versionsAnswerSchema,
  'listObjects.input': connectionInputSchema,
  'listObjects.answer': objectsAnswerSchema,
  'describeObject.input': describeObjectInputSchema,
  'describeObject.answer': describeObjectAnswerSchema,
} as const satisfies Readonly<Record<string, z.ZodType>>

import type { z } from 'zod'
import {
  connectionInputSchema,
  connectionTestSchema,
  describeObjectAnswerSchema,
  describeObjectInputSchema,
  objectsAnswerSchema,
  versionsAnswerSchema,
} from './inspection.ts'
import { addRecordsAnswerSchema, addRecordsInputSchema, receiveRecordsInputSchema } from './receiveRecords.ts'
import { runReportSchema } from './runReport.ts'
import { publishedSyncRecordsInputSchema, syncProgressSchema } from './syncRecords.ts'

/** The messages that are published as JSON Schemas, by the name of their file. Answers may get more keys; inputs reject others. */
export const PUBLISHED_SCHEMAS = {
  'syncRecords.input': publishedSyncRecordsInputSchema,
  'syncRecords.report': runReportSchema,
  'syncRecords.progress': syncProgressSchema,
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

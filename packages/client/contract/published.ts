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
import { planReportSchema } from './planRecords.ts'
import { addRecordsAnswerSchema, addRecordsInputSchema, receiveRecordsInputSchema } from './receiveRecords.ts'
import { controlAnswerSchema, controlInputSchema } from './runControl.ts'
import { flowPlanSchema, flowProgressSchema, flowReportSchema, runFlowInputSchema } from './runFlow.ts'
import { runReportSchema } from './runReport.ts'
import { name, optional } from './scalars.ts'
import { plan, retryOf, runSettings, syncName, syncProgressSchema, undoOf } from './syncRecords.ts'
import { syncSpecSchema } from './syncSpec.ts'

const overrides = z
  .strictObject(Object.fromEntries(Object.entries(syncSpecSchema.shape).map(([key, shape]) => [key, optional(shape)])))
  .describe('Keys that replace those of the sync; null removes a key')

/** The inputs with their sync spec, as they are published. */
const loadOfSync = strictShape({ sync: syncName, spec: optional(overrides), ...runSettings })
const loadOfSpec = strictShape({
  sync: optional(name.describe('A name for the load')),
  spec: syncSpecSchema.describe('A whole sync'),
  ...runSettings,
})
const { runId, inlineResults } = runSettings
const loadOfPlan = strictShape({ plan, sync: optional(syncName), runId, inlineResults })
const retry = strictShape({ retryOf, sync: optional(syncName), runId })
const undo = strictShape({ undoOf, sync: optional(syncName), runId })

/** The messages that are published as JSON Schemas, by the name of their file. Answers may get more keys; inputs reject others. */
export const PUBLISHED_SCHEMAS = {
  'syncRecords.input': z.union([loadOfSync, loadOfSpec, loadOfPlan, retry, undo]),
  'syncRecords.report': runReportSchema,
  'syncRecords.progress': syncProgressSchema,
  'planRecords.input': z.union([loadOfSync, loadOfSpec, undo]),
  'planRecords.report': planReportSchema,
  'runFlow.input': runFlowInputSchema,
  'runFlow.report': flowReportSchema,
  'runFlow.progress': flowProgressSchema,
  'planFlow.input': runFlowInputSchema,
  'planFlow.report': flowPlanSchema,
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

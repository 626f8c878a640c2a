// The updates `pause` and `resume` of the workflow `syncRecords`.
import { z } from 'zod'
import { strictShape } from './issues.ts'
import { type DeepReadonly, optional, plainText, utcTime } from './scalars.ts'

/** Characters. */
const MAX_BY = 100
const MAX_REASON = 300

/** Input of the updates `pause` and `resume`; everything may be left out. */
export const controlInputSchema = strictShape({
  by: optional(plainText.max(MAX_BY)).describe('Who asks, such as a name or an address; shown while the run is paused'),
  reason: optional(plainText.max(MAX_REASON)).describe('Why; shown while the run is paused'),
})
export type ControlInput = Readonly<z.output<typeof controlInputSchema>>

/** Since when a run is paused, and by whom. */
export const pausedSchema = z.object({
  since: utcTime,
  by: z.string().exactOptional().describe('Who paused the run, if the update said it'),
  reason: z.string().exactOptional().describe('Why, if the update said it'),
})
export type Paused = Readonly<z.output<typeof pausedSchema>>

/** Answer of the updates `pause` and `resume`. */
export const controlAnswerSchema = z.object({
  runId: z.string().describe('Names the run in the run store'),
  changed: z.boolean().describe('Whether the update changed something: a run may be paused, or running, already'),
  paused: pausedSchema.exactOptional().describe('Present while the run is paused'),
  message: z.string().describe('What holds now, and what to do next'),
})
export type ControlAnswer = DeepReadonly<z.output<typeof controlAnswerSchema>>

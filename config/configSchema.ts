// The configuration file's own keys. Syncs are checked by sync/specSchema.ts.
import { z } from 'zod'
import { dataDirectoryFault } from '../loader/sources/dataDirectory.ts'
import { pathOfFileUri, placeOfS3Uri, shownUri } from '../loader/storage/uris.ts'
import { parseDuration } from '../packages/client/contract/duration.ts'
import { connectionSchema } from './connectionSchema.ts'
import { encryptionSchema } from './encryptionSettings.ts'
import { notificationsSchema } from './notificationsSchema.ts'
import { closed, text } from './schemaWords.ts'

/** Where runs are kept when the file says nothing. */
export const DEFAULT_RUN_STORE = 'file:runs'
/** Where sources may lie when the file says nothing. */
export const DEFAULT_DATA_DIRECTORIES: readonly string[] = ['data']

const RUN_STORE = 'use file: and a directory relative to this file, like file:runs, or s3://bucket/prefix'

const runStore = text(
  'where runs are kept: file: and a directory relative to this file, like file:runs, or s3://bucket/prefix',
)
  .regex(/^(file|s3):/i, { error: `is no place for runs; ${RUN_STORE}`, abort: true })
  .superRefine((written, context) => {
    const place = /^s3:/i.test(written) ? placeOfS3Uri(written) : pathOfFileUri(written, '/')
    if (!('fault' in place)) return
    context.addIssue({
      code: 'custom',
      message: `'${shownUri(written)}' is no place for runs: ${place.fault}; ${RUN_STORE}`,
    })
  })

const dataDirectory = text(
  'a place that sources may lie in: a directory relative to this file, s3://bucket/prefix or https://host/path/',
).superRefine((written, context) => {
  const message = dataDirectoryFault(written)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})

const DAY = 86_400_000

/** Milliseconds. Shorter than a day is a slip of the pen: files would go before anybody has looked at them. */
function keepFor(what: string) {
  return text(what).transform((written, context) => {
    const duration = parseDuration(written)
    if (duration !== undefined && duration >= DAY) return duration
    context.addIssue({ code: 'custom', message: 'is no time to keep runs; use days, at least 1d, like 90d' })
    return z.NEVER
  })
}

function named<Value extends z.ZodType>(value: Value, what: string) {
  const words = 'is no name; use letters, digits, _ and - only'
  return z.record(z.string().regex(/^[A-Za-z0-9][\w-]*$/, words), value).describe(what)
}

export const configSchema = closed({
  runStore: runStore.optional(),
  dataDirectories: z.array(dataDirectory).min(1, 'is empty; give at least one directory').optional(),
  keep: keepFor(
    'how long completed runs are kept in the run store after their end, like 90d; else for ever',
  ).optional(),
  keepUnfinished: keepFor(
    'how long runs are kept that failed, were cancelled or have records in doubt, like 365d; else for ever',
  ).optional(),
  notifications: notificationsSchema.optional(),
  encryption: encryptionSchema.optional(),
  connections: named(connectionSchema, 'The orgs, by the names that syncs and commands call them'),
  syncs: named(z.unknown(), 'The loads, by the names that commands call them').optional(),
})

export type WrittenConfig = z.output<typeof configSchema>

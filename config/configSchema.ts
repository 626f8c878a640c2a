// The configuration file's own keys. Syncs are validated by the sync spec of the contract.
import { z } from 'zod'
import { dataDirectoryFault } from '../loader/sources/dataDirectory.ts'
import { pathOfFileUri } from '../loader/storage/fileUri.ts'
import { placeOfS3Uri } from '../loader/storage/s3Uri.ts'
import { shownUri } from '../loader/storage/shownUri.ts'
import { parseDuration } from '../packages/client/contract/duration.ts'
import { strictShape } from '../packages/client/contract/issues.ts'
import { connectionSchema } from './connectionSchema.ts'
import { encryptionSchema } from './encryptionSettings.ts'
import { notificationsSchema } from './notificationsSchema.ts'
import { text } from './scalars.ts'

/** Where runs are stored by default. */
export const DEFAULT_RUN_STORE = 'file:runs'
/** Where sources may lie by default. */
export const DEFAULT_DATA_DIRECTORIES: readonly string[] = ['data']

const RUN_STORE = 'file: and a directory relative to this file, such as file:runs, or s3://bucket/prefix'

const runStore = text(RUN_STORE)
  .regex(/^(file|s3):/i, { error: `expected ${RUN_STORE}`, abort: true })
  .superRefine((written, context) => {
    const place = /^s3:/i.test(written) ? placeOfS3Uri(written) : pathOfFileUri(written, '/')
    if (!('fault' in place)) return
    context.addIssue({
      code: 'custom',
      message: `'${shownUri(written)}' is not a valid run store: ${place.fault}; expected ${RUN_STORE}`,
    })
  })

const dataDirectory = text(
  'where sources may lie: a directory relative to this file, s3://bucket/prefix or https://host/path/',
).superRefine((written, context) => {
  const message = dataDirectoryFault(written)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})

const DAY = 86_400_000

/** Milliseconds. Less than a day is almost certainly a typo: files would be removed before anyone has seen them. */
function retentionFor(what: string) {
  return text(what).transform((written, context) => {
    const duration = parseDuration(written)
    if (duration !== undefined && duration >= DAY) return duration
    context.addIssue({ code: 'custom', message: `expected a time of at least 1d, such as 90d; given '${written}'` })
    return z.NEVER
  })
}

function named<Value extends z.ZodType>(value: Value, what: string) {
  const words = 'a name consists of letters, digits, _ and -'
  return z.record(z.string().regex(/^[A-Za-z0-9][\w-]*$/, words), value).describe(what)
}

export const configSchema = strictShape({
  runStore: runStore.optional(),
  dataDirectories: z.array(dataDirectory).min(1, 'expected at least one directory').optional(),
  retention: retentionFor(
    'how long completed runs stay in the run store after their end, such as 90d; unlimited if absent',
  ).optional(),
  retentionUnfinished: retentionFor(
    'how long runs stay that failed, were cancelled or have records in doubt, such as 365d; unlimited if absent',
  ).optional(),
  notifications: notificationsSchema.optional(),
  encryption: encryptionSchema.optional(),
  connections: named(connectionSchema, 'The orgs by name'),
  syncs: named(z.unknown(), 'The loads by name').optional(),
})

export type WrittenConfig = z.output<typeof configSchema>

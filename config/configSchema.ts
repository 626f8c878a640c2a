// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
// The keys of sflink.yaml. loader/spec/parseSyncSpec.ts validates the syncs.
import { z } from 'zod'
import { dataDirectoryProblem } from '../loader/sources/dataDirectory.ts'
import { pathOfFileUri, placeOfS3Uri, shownUri } from '../loader/storage/uris.ts'
import { parseDuration } from '../packages/client/contract/duration.ts'
import { ADD_GIVEN, strictShape } from '../packages/client/contract/issues.ts'
import { SHORTEST_RETENTION } from '../packages/client/contract/maintenance.ts'
import { allowSchema } from './allow.ts'
import { connectionSchema } from './connectionSchema.ts'
import { databaseSchema } from './databases.ts'
import { encryptionSchema } from './encryptionSettings.ts'
import { notificationsSchema } from './notifications.ts'
import { text } from './schemaWords.ts'

/** The run store when the file names none. */
export const DEFAULT_RUN_STORE = 'file:runs'
/** The directories of sources when the file names none. */
export const DEFAULT_DATA_DIRECTORIES: readonly string[] = ['data']
/** A night's largest load, 150 million records in Bulk API, is rarely larger; a disk holds it twice. */
export const DEFAULT_MAX_SOURCE_BYTES = 20_000_000_000

const RUN_STORE = 'use file: and a directory relative to this file, like file:runs, or s3://bucket/prefix'

const runStore = text(
  'where runs are kept: file: and a directory relative to this file, like file:runs, or s3://bucket/prefix',
)
  .regex(/^(file|s3):/i, { error: `is not a valid run store; ${RUN_STORE}`, abort: true })
  .superRefine((written, context) => {
    const place = /^s3:/i.test(written) ? placeOfS3Uri(written) : pathOfFileUri(written, '/')
    if (!('problem' in place)) return
    context.addIssue({
      code: 'custom',
      message: `${JSON.stringify(shownUri(written))} is not a valid run store: ${place.problem}; ${RUN_STORE}`,
    })
  })

const dataDirectory = text(
  'a place that may hold sources: a directory relative to this file, s3://bucket/prefix or https://host/path/',
).superRefine((written, context) => {
  const message = dataDirectoryProblem(written)
  if (message !== undefined) context.addIssue({ code: 'custom', message, params: ADD_GIVEN })
})

/** Milliseconds. Less than a day is almost certainly a typo: files would be removed before anyone has read them. */
function retentionTime(what: string) {
  const error = 'is not a valid retention; use days, at least 1d, like 90d'
  return z
    .string({ error })
    .transform((written, context) => {
      const duration = parseDuration(written)
      if (duration !== undefined && duration >= SHORTEST_RETENTION) return duration
      context.addIssue({ code: 'custom', message: error, params: ADD_GIVEN })
      return z.NEVER
    })
    .describe(what)
}

function named<Value extends z.ZodType>(value: Value, what: string, example: string) {
  const words = 'is not a valid name; use letters, digits, _ and - only'
  const error = `expected a mapping such as ${example}`
  return z.record(z.string().regex(/^[A-Za-z0-9][\w-]*$/, words), value, { error }).describe(what)
}

export const configSchema = strictShape(
  {
    runStore: runStore.optional(),
    dataDirectories: z
      .array(dataDirectory, { error: 'expected a list such as [data]' })
      .min(1, 'is empty; give at least one directory')
      .describe('The places that may hold sources; nothing else is read')
      .optional(),
    maxSourceBytes: z
      .int()
      .min(1)
      .describe(`The most bytes that a source may have, unpacked: ${DEFAULT_MAX_SOURCE_BYTES} when left out`)
      .optional(),
    retention: retentionTime(
      'how long completed runs are kept in the run store after their end, like 90d; forever when left out',
    ).optional(),
    retentionUnfinished: retentionTime(
      'how long runs are kept that failed, were cancelled or have records in doubt, like 365d; forever when left out',
    ).optional(),
    allow: allowSchema.optional(),
    notifications: notificationsSchema.optional(),
    encryption: encryptionSchema.optional(),
    connections: named(connectionSchema, 'The orgs by name', '{ production: { loginUrl: …, auth: … } }').refine(
      connections => Object.keys(connections).length > 0,
      'is empty; give at least one connection, see "A real org" in README.md',
    ),
    databases: named(databaseSchema, 'The databases of sources by name', '{ crm: { url: "${CRM_URL}" } }').optional(),
    syncs: named(z.unknown(), 'The loads by name', '{ contacts: { connection: production, … } }').optional(),
    flows: named(
      z.unknown(),
      'Syncs that run one after the other, by name',
      '{ campaign: { syncs: [accounts] } }',
    ).optional(),
  },
  '{ connections: … }',
)

export type WrittenConfig = z.output<typeof configSchema>

// Writes the JSON Schema that gives editors completion for sflink.yaml: `node setup/schemas.ts`.
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { scheduleShape } from '../sync/scheduleSchema.ts'
import { syncSpecShape } from '../sync/specSchema.ts'
import { configSchema } from '../workers/configSchema.ts'

export const SCHEMA_FILE = fileURLToPath(new URL('../schemas/sflink.schema.json', import.meta.url))

/** The text of the schema's file. */
export function configJsonSchema(): string {
  const syncs = z
    .record(z.string(), syncSpecShape.extend({ schedule: scheduleShape.exactOptional() }))
    .describe('The loads, by the names that commands call them')
    .optional()
  const schema = z.toJSONSchema(configSchema.extend({ syncs }), {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
  })
  return `${JSON.stringify({ title: 'sflink.yaml of Salesforce Link', ...schema }, undefined, 2)}\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(SCHEMA_FILE, configJsonSchema())

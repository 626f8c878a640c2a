// Writes the published JSON Schemas: of sflink.yaml, for completion in editors, and of the messages between services and workflows.
// `node dev/schemas.ts && npm run format`
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { configSchema } from '../config/configSchema.ts'
import { flowSchema } from '../config/flows.ts'
import { scheduleSchema } from '../loader/schedule/scheduleSchema.ts'
import { PUBLISHED_SCHEMAS } from '../packages/client/contract/published.ts'
import { writtenSyncSpecSchema } from '../packages/client/contract/syncSpec.ts'

const FOLDER = fileURLToPath(new URL('../schemas', import.meta.url))

/** Each schema, as JSON on one line, by the path of its file. */
export function publishedSchemas(): ReadonlyMap<string, string> {
  const contract = Object.entries(PUBLISHED_SCHEMAS).map(
    ([name, shape]) => [name, contractJsonSchema(name, shape)] as const,
  )
  const texts = [['sflink', configJsonSchema()] as const, ...contract]
  return new Map(texts.map(([name, text]) => [join(FOLDER, `${name}.schema.json`), text]))
}

function contractJsonSchema(name: string, shape: z.ZodType): string {
  // An input may leave out what a default fills in.
  const schema = z.toJSONSchema(shape, { io: 'input', target: 'draft-7', unrepresentable: 'any' })
  return JSON.stringify({ title: `${name} of Salesforce Link`, ...schema })
}

function configJsonSchema(): string {
  const syncs = z
    .record(
      z.string(),
      writtenSyncSpecSchema.extend({
        schedule: scheduleSchema.exactOptional().describe('When the sync runs on its own.'),
      }),
    )
    .describe('The loads by name')
    .optional()
  const flows = z
    .record(
      z.string(),
      flowSchema.extend({ schedule: scheduleSchema.exactOptional().describe('When the flow runs on its own.') }),
    )
    .describe('Syncs that run one after the other, by name')
    .optional()
  const schema = z.toJSONSchema(configSchema.extend({ syncs, flows }), {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
  })
  return JSON.stringify({ title: 'sflink.yaml of Salesforce Link', ...schema })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of publishedSchemas()) await writeFile(path, text)
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import type { PUBLISHED_SCHEMAS } from '../../packages/client/contract/published.ts'

const ajv = new Ajv({ strict: false })

/** The problems that the published schema reports. */
export function schemaErrors(name: keyof typeof PUBLISHED_SCHEMAS, data: unknown): readonly string[] {
  const file = join(import.meta.dirname, '../../schemas', `${name}.schema.json`)
  const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')))
  if (validate(data)) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

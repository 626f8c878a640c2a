import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import type { CONTRACT_SCHEMAS } from '../../../dev/contractSchemas.ts'

const ajv = new Ajv({ strict: false })

/** What the published schema finds wrong; empty when all is well. */
export function schemaErrors(name: keyof typeof CONTRACT_SCHEMAS, data: unknown): readonly string[] {
  const file = join(import.meta.dirname, '../../../schemas', `${name}.schema.json`)
  const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')))
  if (validate(data)) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

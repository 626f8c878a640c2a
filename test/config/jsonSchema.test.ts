import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { configJsonSchema, SCHEMA_FILE } from '../../setup/schemas.ts'

test('the published JSON Schema is that of the code; if not: node setup/schemas.ts', async () => {
  expect(await readFile(SCHEMA_FILE, 'utf8')).toBe(configJsonSchema())
})

test('the JSON Schema knows the keys of connections and syncs, and refuses others', () => {
  const schema = JSON.parse(configJsonSchema())
  expect(schema.additionalProperties).toBe(false)
  const sync = schema.properties.syncs.additionalProperties
  expect(Object.keys(sync.properties)).toContain('externalIdField')
  expect(sync.required).toEqual(expect.arrayContaining(['connection', 'object', 'operation', 'source', 'fields']))
  const connection = schema.properties.connections.additionalProperties
  expect(connection.required).toEqual(['auth'])
  expect(connection.additionalProperties).toBe(false)
})

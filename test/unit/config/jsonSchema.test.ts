import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { publishedSchemas } from '../../../dev/schemas.ts'

const published = publishedSchemas()

test.each([...published])(
  '%s is that of the code; if not: node dev/schemas.ts && npm run format',
  async (path, text) => {
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(JSON.parse(text))
  },
)

test('the JSON Schema knows the keys of connections and syncs, and rejects others', () => {
  const schema = JSON.parse([...published].find(([path]) => path.endsWith('sflink.schema.json'))?.[1] ?? '')
  expect(schema.additionalProperties).toBe(false)
  const sync = schema.properties.syncs.additionalProperties
  expect(Object.keys(sync.properties)).toContain('externalIdField')
  expect(sync.required).toEqual(expect.arrayContaining(['connection', 'object', 'operation', 'source', 'fields']))
  const connection = schema.properties.connections.additionalProperties
  expect(connection.required).toEqual(['auth'])
  expect(connection.additionalProperties).toBe(false)
})

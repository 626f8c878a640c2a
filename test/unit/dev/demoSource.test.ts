import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Papa from 'papaparse'
import { expect, test } from 'vitest'
import { readConfiguration } from '../../../config/configuration.ts'
import { contactBlocks } from '../../../dev/contacts.ts'
import { CONNECTION, demoConfiguration, SYNC } from '../../../dev/demo/configuration.ts'
import { demoSource, RECORDS } from '../../../dev/demo/contacts.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

test("the demo's source is the same every time and has the columns that its sync maps", async () => {
  const csv = [...contactBlocks(demoSource())].join('')
  expect([...contactBlocks(demoSource())].join('')).toBe(csv)
  expect(demoSource().mistakes).toBe(44)
  const { data, meta } = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true })
  expect(data).toHaveLength(RECORDS)
  expect(new Set(data.map(row => row['customer_id'])).size).toBe(RECORDS)
  const sync = await demoSync()
  const columns = Object.values(sync?.fields ?? {}).flatMap(mapping => ('column' in mapping ? [mapping.column] : []))
  for (const column of [...columns, ...(sync?.identityFields ?? [])]) expect(meta.fields).toContain(column)
})

async function demoSync() {
  const file = join(folder, 'sflink.yaml')
  await writeFile(file, demoConfiguration('http://127.0.0.1:8080'))
  const { connections, syncs } = await readConfiguration(file, { environment: {} })
  expect([...connections.keys()]).toEqual([CONNECTION])
  return syncs.get(SYNC)
}

import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openSource } from '../../../../loader/sources/open.ts'
import { listening } from '../../../rig/listening.ts'
import { temporaryFolder } from '../../../rig/temporaryFolder.ts'
import { headerCells, sheetOf, writeParts } from '../../../rig/workbooks.ts'
import { allRows } from '../tables.ts'

const base = temporaryFolder()

const copies = temporaryFolder()
beforeAll(() => void vi.stubEnv('TMPDIR', copies))
afterAll(() => void vi.unstubAllEnvs())

test('a workbook of a web server is read from a temporary copy, which is removed', async () => {
  const path = join(base, 'x.xlsx')
  await writeParts(path, { sheets: [sheetOf('Contacts', { ...headerCells('id'), A2: '<v>1</v>' })] })
  const server = await listening(createServer(async (_, response) => response.end(await readFile(path))))
  try {
    const places = { baseDirectory: base, dataDirectories: [`${server.url}/`] }
    const reader = await openSource({ uri: `${server.url}/x.xlsx?signature` }, places)
    expect(reader.description).toBe(`${server.url}/x.xlsx?…, sheet "Contacts"`)
    expect(await allRows(reader)).toEqual([['1']])
    expect(await readdir(copies)).toHaveLength(1)
    await reader.close()
    expect(await readdir(copies)).toEqual([])
  } finally {
    await server.close()
  }
})

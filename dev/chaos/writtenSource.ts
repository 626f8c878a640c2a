// The records of a load as a source of each form, and what a command needs to load it.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeWorkbook } from '../workbook.ts'
import type { SourceForm } from './plan.ts'

type Form = {
  readonly extension: string
  /** Keys of the source, as the command takes them. */
  readonly settings: readonly string[]
  readonly write: (path: string, cells: Cells) => Promise<void>
}

type Cells = readonly (readonly string[])[]

const csv = (path: string, cells: Cells) => writeFile(path, lines(cells.map(values => values.join(','))))

const FORMS: Readonly<Record<SourceForm, Form>> = {
  csv: { extension: 'csv', settings: [], write: csv },
  sql: { extension: 'csv', settings: ['source.sql=SELECT * FROM source ORDER BY marker'], write: csv },
  ndjson: { extension: 'ndjson', settings: [], write: (path, cells) => writeFile(path, lines(objectsOf(cells))) },
  xlsx: {
    extension: 'xlsx',
    settings: [],
    write: (path, cells) => writeWorkbook(path, { sheet: 'Contacts', rows: () => cells, strings: 'shared' }),
  },
}

/** Writes the source and returns its URI and the keys of a sync that loads it, each `key=value`. @param folder of `sflink.yaml` */
export async function writeSource(folder: string, name: string, form: SourceForm, cells: Cells) {
  const { extension, settings, write } = FORMS[form]
  const file = `data/${name}.${extension}`
  await write(join(folder, file), cells)
  return { uri: `file:${file}`, settings }
}

/** @param contents of the files that rows name, by their path below the directory of the source */
export async function writeFiles(folder: string, contents: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, content] of contents) {
    const whole = join(folder, 'data', path)
    await mkdir(dirname(whole), { recursive: true })
    await writeFile(whole, content)
  }
}

const lines = (texts: readonly string[]): string => `${texts.join('\n')}\n`

function objectsOf([header = [], ...rows]: Cells): readonly string[] {
  return rows.map(values => JSON.stringify(Object.fromEntries(header.map((name, index) => [name, values[index]]))))
}

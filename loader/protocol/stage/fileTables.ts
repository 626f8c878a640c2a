// The files that the rows of a source name. They are found before the rows are mapped, so that a row whose file cannot be sent is rejected
// like any other.
import pLimit from 'p-limit'
import type { SourceSpec } from '../../../packages/client/contract/sourceSpec.ts'
import type { CellBatch } from '../../csv/cells.ts'
import type { CompiledMapping } from '../../mapping/mapping.ts'
import type { ParentTable, ParentTables } from '../../mapping/parentTable.ts'
import type { SourceMarks } from '../../mapping/sourceMarks.ts'
import { type PlannedFile, plannedFile } from '../../plan/fileFields.ts'
import type { FilePart, SyncPlan } from '../../plan/syncPlan.ts'
import { fileCell, nameInUri, type StagedFile, titleOf } from '../../sources/contentCell.ts'
import type { ContentFiles } from '../../sources/contentFiles.ts'
import { SourceFileError, SourceUriError } from '../../sources/errors.ts'
import { earlierRunOf } from '../../spec/earlierRun.ts'
import type { Dependencies } from '../../step.ts'
import { trimValue } from '../../values/text.ts'
import type { ValueProblem } from '../../values/valueProblem.ts'
import { base64Table } from '../files/base64.ts'
import { fileRejection, sizeProblem } from '../files/fileRejection.ts'
import { readSpec } from '../runRecords.ts'
import { SourceValues } from '../scan/sourceValues.ts'

/** Files whose metadata are read at a time. */
const CONCURRENT = 16

export type FileTables = {
  /** The content and the names of the files, by the field that gets them. */
  readonly tables: ParentTables
  /** Finds the files of a batch, before its rows are mapped. Throws SourceUnreachableError. */
  readonly prepare: (batch: CellBatch, mapping: CompiledMapping, marks?: SourceMarks) => Promise<void>
}

/** @param source of the run */
export async function openFileTables(
  { contentFiles, runStores }: Pick<Dependencies, 'contentFiles' | 'runStores'>,
  plan: SyncPlan,
  source: SourceSpec,
): Promise<FileTables> {
  const file = plannedFile(plan)
  if (file === undefined) return { tables: new Map(), prepare: async () => undefined }
  const { name, mapping } = file.content
  if ('base64' in mapping) {
    return { tables: new Map([[name, base64Table(file)]]), prepare: async () => undefined }
  }
  const found = new FoundFiles(file, contentFiles, await givenSource(runStores, source))
  const parts = plan.fields.flatMap(({ name: field, filePart }) =>
    filePart === undefined ? [] : [[field, found.partTable(filePart)] as const],
  )
  return {
    tables: new Map([[name, found.contentTable()], ...parts]),
    prepare: (batch, { positionOf }, marks) => found.prepare(batch, new SourceValues(plan, positionOf, marks)),
  }
}

/** The source that a person gave: paths are relative to its directory in a retry, too. */
async function givenSource(runStores: Dependencies['runStores'], source: SourceSpec): Promise<SourceSpec> {
  const earlier = earlierRunOf(source)
  if (earlier === undefined) return source
  return givenSource(runStores, (await readSpec(runStores.open(earlier.runId))).source)
}

class FoundFiles {
  readonly #file: PlannedFile
  readonly #files: ContentFiles
  readonly #source: SourceSpec
  readonly #limit = pLimit(CONCURRENT)
  /** The files of the batch, by the trimmed value of the column. */
  #found = new Map<string, StagedFile | ValueProblem>()

  constructor(file: PlannedFile, files: ContentFiles, source: SourceSpec) {
    this.#file = file
    this.#files = files
    this.#source = source
  }

  async prepare(batch: CellBatch, values: SourceValues): Promise<void> {
    const named = new Set<string>()
    for (let record = 0; record < batch.records; record++) {
      const [value = ''] = values.read(batch, record, this.#file.content.name) ?? []
      named.add(trimValue(value))
    }
    named.delete('')
    this.#found = new Map()
    await Promise.all([...named].map(path => this.#limit(async () => this.#found.set(path, await this.#find(path)))))
  }

  contentTable(): ParentTable {
    return {
      find: ([value = '']) => {
        const found = this.#foundBy(value)
        return 'uri' in found ? fileCell(found) : found
      },
    }
  }

  /** A file that cannot be sent has no name: its row is rejected. */
  partTable(part: FilePart): ParentTable {
    return {
      find: ([value = '']) => {
        const found = this.#foundBy(value)
        if (!('uri' in found)) return ''
        const name = nameInUri(found.uri)
        return part === 'name' ? name : titleOf(name)
      },
    }
  }

  #foundBy(value: string): StagedFile | ValueProblem {
    const found = this.#found.get(trimValue(value))
    if (found === undefined) throw new RangeError(`The file of a row was not looked for before the row was mapped`)
    return found
  }

  async #find(path: string): Promise<StagedFile | ValueProblem> {
    try {
      const found = await this.#files.find(path, this.#source)
      return sizeProblem(this.#file, path, found.bytes) ?? found
    } catch (error) {
      if (error instanceof SourceFileError || error instanceof SourceUriError)
        return fileRejection(this.#file, path, error)
      throw error
    }
  }
}

import { shownNames } from '../../mapping/columnNames.ts'
import { type CompiledMapping, compileMapping } from '../../mapping/mapping.ts'
import type { ParentTables } from '../../mapping/parentTable.ts'
import { SourceMarks } from '../../mapping/sourceMarks.ts'
import type { SourceReader } from '../../sources/sourceReader.ts'
import { RunRejectedError } from '../../spec/runRejectedError.ts'
import type { PlannedRun } from '../runRecords.ts'

/** How the records of a source that was opened are mapped. */
export type SourceMapping = {
  readonly mapping: CompiledMapping
  /** Absent for records given inline. */
  readonly marks: SourceMarks | undefined
}

/** Throws RunRejectedError when the source lacks a column that the sync names. */
export function sourceMapping(
  { spec: { source }, plan }: PlannedRun,
  reader: SourceReader,
  parents: ParentTables,
): SourceMapping {
  // Records that were given inline stay what they are when they are loaded again.
  const file = 'uri' in source && reader.reading !== undefined ? source : undefined
  const delimiter = reader.reading?.().text?.delimiter
  const compiled = compileMapping(plan, reader.header, {
    ...(file === undefined ? {} : { shortRows: file.shortRows }),
    ...(delimiter === undefined ? {} : { delimiter }),
    parents,
  })
  if (!compiled.ok) {
    const separated = delimiter === undefined ? '' : `, delimiter ${JSON.stringify(delimiter)}`
    const header = `header ${shownNames(reader.header)}${separated}`
    throw new RunRejectedError(`The source ${reader.description} (${header})`, compiled.problems)
  }
  const { mapping } = compiled
  return { mapping, marks: file && new SourceMarks(plan, mapping.positionOf, file.blankValues) }
}

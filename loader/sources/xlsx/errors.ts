import { SourceError } from '../../csv/errors.ts'

/** Thrown when the file of a source is not a workbook that can be read, or a sheet of it holds what can't be loaded. */
export class WorkbookError extends SourceError {
  override readonly name = 'WorkbookError' as const
  readonly kind = 'fatal' as const

  /** @param problem completes "can't be read:" */
  constructor(source: string, kind: string, problem: string, advice: string) {
    super(`The source ${source} can't be read: ${problem}. ${advice}`, { kind, source, problem })
  }
}

/** Thrown when the sheet of a source does not exist, is not a table, or has to be named. */
export class SheetError extends SourceError {
  override readonly name = 'SheetError' as const
  readonly kind = 'usage' as const

  constructor(source: string, problem: string, advice: string, sheets: readonly string[]) {
    super(`The sheet of the source ${source} can't be chosen: ${problem}. ${advice}`, {
      kind: 'sheet',
      source,
      problem,
      sheets,
    })
  }
}

const COMPLETE = 'Get the complete file again, or open it in Excel and save it again.'

/** @param problem what is wrong with the bytes of the workbook */
export const broken = (source: string, problem: string): WorkbookError =>
  new WorkbookError(source, 'broken', `it is broken or incomplete (${problem})`, COMPLETE)

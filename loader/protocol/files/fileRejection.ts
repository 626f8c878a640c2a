// Why the file of a record cannot be sent, in one line with what to do.
import { sourceColumns } from '../../../packages/client/contract/fieldMapping.ts'
import type { PlannedFile } from '../../plan/fileFields.ts'
import type { SourceFileError, SourceUriError } from '../../sources/errors.ts'
import { shownValue, type ValueProblem } from '../../values/valueProblem.ts'

type Remedy = { readonly code: string; readonly advice: string }

const NOT_READABLE = 'FILE_NOT_READABLE'

/** By the kind of a SourceProblem. */
const REMEDIES: Readonly<Record<string, Remedy>> = {
  missing: { code: 'FILE_NOT_FOUND', advice: 'check the path, or put the file there' },
  outside: {
    code: 'FILE_NOT_ALLOWED',
    advice: 'put the file into one of them, or add its directory to dataDirectories in sflink.yaml',
  },
  directory: { code: NOT_READABLE, advice: 'name one file in it' },
  special: { code: NOT_READABLE, advice: 'write its content to a plain file' },
  encoding: { code: NOT_READABLE, advice: 'store it without' },
  changed: { code: 'FILE_CHANGED', advice: 'load the record again when the file is written completely' },
  uri: {
    code: 'FILE_NOT_FOUND',
    advice: 'write a path, or a URI such as file:/data/contract.pdf or s3://bucket/contract.pdf',
  },
}

/** @param named what the source has */
export function fileRejection(
  file: PlannedFile,
  named: string,
  { problem }: SourceFileError | SourceUriError,
): ValueProblem {
  const { code, advice } = REMEDIES[problem.kind] ?? {
    code: NOT_READABLE,
    advice: 'let the user of the worker read it',
  }
  return fileReason(file, code, `${UNSENT} ${shownValue(named)}: ${problem['problem']}; ${advice}`)
}

/** messageTemplate takes what follows for a value of the record. */
const UNSENT = "the file can't be sent:"

/** What is wrong with the size of a file; undefined when nothing is. */
export function sizeProblem(file: PlannedFile, named: string, bytes: number): ValueProblem | undefined {
  const { maxBytes, content } = file
  const shown = named === '' ? 'it' : shownValue(named)
  if (bytes === 0)
    return fileReason(file, 'FILE_EMPTY', `${UNSENT} ${shown} is empty; write it again, or leave its row out`)
  if (bytes <= maxBytes) return undefined
  const sizes = `has ${bytes.toLocaleString('en-US')} bytes, and Salesforce accepts ${maxBytes.toLocaleString('en-US')} in ${content.name}`
  return fileReason(file, 'FILE_TOO_LARGE', `${UNSENT} ${shown} ${sizes}; make it smaller, or leave its row out`)
}

export function fileReason({ content }: PlannedFile, code: string, message: string): ValueProblem {
  return { code, message: `${content.target.label}: ${message} (column ${sourceColumns(content.mapping).join()})` }
}

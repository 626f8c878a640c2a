import type { ParentTable } from '../../mapping/parentTable.ts'
import type { PlannedFile } from '../../plan/fileFields.ts'
import { base64Cell, sizeInCell } from '../../sources/contentCell.ts'
import { trimValue } from '../../values/text.ts'
import { fileReason, sizeProblem } from './fileRejection.ts'

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** Reads base64 as MIME writes it: with padding, and line breaks anywhere. */
export function base64Table(file: PlannedFile): ParentTable {
  return {
    find: ([value = '']) => {
      const text = trimValue(value).replace(/[\r\n]+/g, '')
      if (!BASE64.test(text) || text.length % 4 !== 0) {
        const found = text.startsWith('data:') ? 'it begins with data:' : 'it has other characters, or was cut'
        return fileReason(
          file,
          'INVALID_VALUE',
          `the content is not base64: ${found}; write it as RFC 4648 has it, with padding`,
        )
      }
      const cell = base64Cell(text)
      return sizeProblem(file, '', Number(sizeInCell(cell))) ?? cell
    },
  }
}

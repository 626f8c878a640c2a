import type { LineBuffer } from '../../csv/lineBuffer.ts'
import type { XmlScanner } from './xmlScanner.ts'

/** Characters that XML can't have, by their code; `_x005F_` is an underscore that would begin one. ECMA-376, part 1, 22.9.2.19 (ST_Xstring) */
const ESCAPED = /_x([0-9A-Fa-f]{4})_/g

const [LF, CR, BLANK, QUOTE, COMMA, UNDERSCORE, X] = [10, 13, 32, 34, 44, 95, 120]

/** Adds a text of the XML to those of a cell before it. */
export function addText(value: LineBuffer, scanner: XmlScanner): void {
  if (scanner.isPlain) value.raw(scanner.bytes, scanner.start, scanner.end)
  else value.text(scanner.text())
}

/** Writes the text of a cell as it is shown, as a value of CSV: `_x000D_` is a carriage return. */
export function writeExcelText({ bytes, length }: LineBuffer, target: LineBuffer): void {
  if (isPlain(bytes, length)) target.raw(bytes, 0, length)
  else target.value(unescaped(bytes.toString('utf8', 0, length)))
}

function isPlain(bytes: Buffer, length: number): boolean {
  if (bytes[0] === BLANK || bytes[length - 1] === BLANK) return false
  for (let at = 0; at < length; at++) {
    const byte = bytes[at]
    if (byte === COMMA || byte === QUOTE || byte === LF || byte === CR) return false
    if (byte === UNDERSCORE && bytes[at + 1] === X) return false
  }
  return true
}

const unescaped = (written: string): string =>
  written.replaceAll(ESCAPED, (escaped, code: string) => {
    const character = Number.parseInt(code, 16)
    return character === 0 ? escaped : String.fromCharCode(character)
  })

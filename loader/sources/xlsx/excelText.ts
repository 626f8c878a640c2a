/** Characters that XML can't have, by their code; `_x005F_` is an underscore that would begin one. ECMA-376, part 1, 22.9.2.19 (ST_Xstring) */
const ESCAPED = /_x([0-9A-Fa-f]{4})_/g

/** The text of a cell as it is shown: `_x000D_` is a carriage return. */
export function excelText(written: string): string {
  if (!written.includes('_x')) return written
  return written.replace(ESCAPED, (escaped, code: string) => {
    const character = Number.parseInt(code, 16)
    return character === 0 ? escaped : String.fromCharCode(character)
  })
}

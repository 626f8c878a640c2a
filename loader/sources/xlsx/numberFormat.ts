import { readSection, type Section } from './formatSection.ts'
import { type FormatToken, formatTokens } from './formatTokens.ts'

/** How a number is read: the sections of the number format of its cell, one at least. */
export type NumberFormat = readonly Section[]

/** Of a cell without a format. */
export const GENERAL: NumberFormat = [{ kind: 'number', hasFractions: false }]

/**
 * The built-in formats that are not plain numbers; those from 27 on are dates of East Asian and Thai Excel.
 * ECMA-376, part 1, 18.8.30 (numFmt)
 */
const BUILT_IN: ReadonlyMap<number, string> = new Map([
  [9, '0%'],
  [10, '0.00%'],
  [14, 'yyyy-mm-dd'],
  [15, 'd-mmm-yy'],
  [16, 'd-mmm'],
  [17, 'mmm-yy'],
  [18, 'h:mm AM/PM'],
  [19, 'h:mm:ss AM/PM'],
  [20, 'h:mm'],
  [21, 'h:mm:ss'],
  [22, 'yyyy-mm-dd h:mm'],
  ...range(27, 31, 'yyyy-mm-dd'),
  ...range(32, 35, 'h:mm:ss'),
  [36, 'yyyy-mm-dd'],
  [45, 'mm:ss'],
  [46, '[h]:mm:ss'],
  [47, 'mm:ss.0'],
  ...range(50, 58, 'yyyy-mm-dd'),
  ...range(71, 74, 'yyyy-mm-dd'),
  [75, 'h:mm'],
  [76, 'h:mm:ss'],
  [77, 'yyyy-mm-dd h:mm'],
  [78, 'mm:ss'],
  [79, '[h]:mm:ss'],
  [80, 'mm:ss.0'],
  [81, 'yyyy-mm-dd'],
])

function range(first: number, last: number, code: string): (readonly [number, string])[] {
  return Array.from({ length: last - first + 1 }, (_, index) => [first + index, code] as const)
}

/** @param declared the formats that the workbook declares, by their Id: these win over built-in ones */
export function numberFormat(id: number, declared: ReadonlyMap<number, string>): NumberFormat {
  const code = declared.get(id) ?? BUILT_IN.get(id)
  return code === undefined ? GENERAL : compileFormat(code)
}

function compileFormat(code: string): NumberFormat {
  const sections = splitSections(formatTokens(code))
  const isText = sections.at(-1)?.some(({ type, text }) => type === 'mark' && text === '@')
  // The section of text, such as `;@` after a date, does not apply to numbers.
  const numeric = isText && sections.length > 1 ? sections.slice(0, -1) : sections
  return numeric.slice(0, 3).map(tokens => readSection(tokens, numeric.length === 1))
}

function splitSections(tokens: readonly FormatToken[]): readonly (readonly FormatToken[])[] {
  const sections: FormatToken[][] = [[]]
  for (const token of tokens) {
    if (token.type === 'end of section') sections.push([])
    else sections.at(-1)?.push(token)
  }
  return sections
}

/** The section of a format that applies to a value: `[<=9999999]###-####;(###) ###-####` */
export function sectionFor(format: NumberFormat, value: number): Section {
  const [first, second, third] = format as readonly [Section, Section?, Section?]
  if (second === undefined) return first
  if (first.condition?.(value) ?? (third === undefined ? value >= 0 : value > 0)) return first
  if (third === undefined || (second.condition?.(value) ?? value < 0)) return second
  return third
}

/** A part of the code of a number format. A run of date letters is one token. */
export type FormatToken = { readonly type: TokenType; readonly text: string }

/** `unit` is a part of a date or time, `elapsed` one that counts on: `[h]`. */
type TokenType = 'end of section' | 'literal' | 'digit' | 'unit' | 'elapsed' | 'bracket' | 'mark' | 'skipped'

/** ECMA-376, part 1, 18.8.31 (numFmts) */
const TOKENS = new RegExp(
  [
    '(?<quoted>"[^"]*"?)',
    String.raw`(?<escaped>\\.?)`,
    // The width of a character, or its repetition.
    '(?<skipped>[_*].?)',
    String.raw`(?<elapsed>\[(?:h+|m+|s+)\])`,
    // A colour, a condition, a currency or a language.
    String.raw`(?<bracket>\[[^\]]*\]?)`,
    '(?<half>am/pm|a/p|上午/下午)',
    '(?<general>general|standard)',
    '(?<exponent>e[+-])',
    '(?<unit>y+|m+|d+|h+|s+|e+|g+|b+|a+)',
    '(?<digit>[0#?])',
    '(?<mark>[.,%/@])',
    '(?<end>;)',
    '.',
  ].join('|'),
  'gisu',
)

export const formatTokens = (code: string): readonly FormatToken[] => [...code.matchAll(TOKENS)].map(toToken)

function toToken({ groups = {}, 0: text }: RegExpMatchArray): FormatToken {
  if (groups.quoted !== undefined) return { type: 'literal', text: text.replaceAll('"', '') }
  if (groups.escaped !== undefined) return { type: 'literal', text: text.slice(1) }
  if (groups.skipped !== undefined) return { type: 'skipped', text }
  if (groups.elapsed !== undefined) return { type: 'elapsed', text: text.slice(1, -1).toLowerCase() }
  if (groups.bracket !== undefined) return { type: 'bracket', text: text.slice(1, -1) }
  if (groups.half !== undefined) return { type: 'unit', text: 'half' }
  if (groups.general !== undefined) return { type: 'mark', text: 'general' }
  if (groups.exponent !== undefined) return { type: 'mark', text: 'exponent' }
  if (groups.unit !== undefined) return { type: 'unit', text: text.toLowerCase() }
  if (groups.digit !== undefined) return { type: 'digit', text }
  if (groups.mark !== undefined) return { type: 'mark', text }
  return { type: groups.end === undefined ? 'literal' : 'end of section', text }
}

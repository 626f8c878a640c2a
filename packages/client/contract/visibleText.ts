/**
 * Control characters, and those that change the direction of text or hide: a terminal obeys them, and a reader does not see them.
 * Line feed and tab stay.
 */
const INVISIBLE = /(?![\n\t])[\p{Cc}\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu

/**
 * The text with such characters as `\u001b`. Text of files and orgs is shown in this form. In JSON it means the same characters, so
 * that a program reads the value as it is.
 */
export function visibleText(text: string): string {
  return text.replaceAll(INVISIBLE, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

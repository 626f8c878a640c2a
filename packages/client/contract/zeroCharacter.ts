/** What is wrong with a text that holds U+0000: it is no text in CSV. undefined when nothing is. */
export function zeroCharacterProblem(text: unknown): string | undefined {
  if (typeof text !== 'string' || !text.includes('\0')) return undefined
  return 'it holds the character U+0000, which stands in no text; take it out'
}

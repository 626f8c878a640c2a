/** Counts line ends, to say at which line of a file something stands. */
export function countLineEnds(text: string, lineEnd: '\n' | '\r'): number {
  let count = 0
  for (let at = text.indexOf(lineEnd); at >= 0; at = text.indexOf(lineEnd, at + 1)) count += 1
  return count
}
